package dev.sluice.telemetry;

import dev.sluice.blob.BlobStore;
import dev.sluice.database.DatabaseSpace;
import dev.sluice.files.DiskSpace;
import dev.sluice.files.HomeFolder;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/** The disks of the home folder, the embedded database and the local storage as metrics. */
@Component
class DiskGauges {
    private final MeterRegistry meters;

    DiskGauges(HomeFolder home, DatabaseSpace database, BlobStore blobs, MeterRegistry meters) {
        this.meters = meters;
        register("home", new DiskSpace(home.folder(), null));
        database.disk().ifPresent(disk -> register("database", disk));
        blobs.disk().ifPresent(disk -> register("blobs", disk));
    }

    private void register(String folder, DiskSpace disk) {
        gauge(folder, disk, "size", "Size of the disk of a folder", DiskSpace.Usage::size);
        gauge(folder, disk, "free", "Bytes that are free on it", DiskSpace.Usage::free);
        gauge(folder, disk, "reserved", "Bytes of it that are kept free", DiskSpace.Usage::kept);
    }

    private void gauge(
            String folder, DiskSpace disk, String name, String description, ToDoubleFunction<DiskSpace.Usage> value) {
        Gauge.builder("sluice.disk." + name, () -> value(disk, value))
                .baseUnit("bytes")
                .description(description)
                .tag("folder", folder)
                .strongReference(true)
                .register(meters);
    }

    private static double value(DiskSpace disk, ToDoubleFunction<DiskSpace.Usage> value) {
        try {
            return disk.usage().map(value::applyAsDouble).orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN; // the disk is not mounted
        }
    }
}
