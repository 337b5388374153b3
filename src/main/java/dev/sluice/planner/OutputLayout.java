package dev.sluice.planner;

import dev.sluice.blob.BlobStore;
import dev.sluice.fhir.ResourceType;
import dev.sluice.plan.OutputFormat;
import dev.sluice.plan.OutputLocation;
import dev.sluice.plan.PlannedFile.Content;
import dev.sluice.plan.ViewOutput;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Decides where the files of an export are, and their names, size and encoding, by the settings {@code sluice.export}. */
@Component
public class OutputLayout {
    private final ExportSettings settings;

    OutputLayout(ExportSettings settings) {
        this.settings = settings;
    }

    /**
     * The location in which a job writes.
     *
     * @param container the container that the client named; null = a new one
     */
    public OutputLocation location(@Nullable String container, UUID job, Instant now) {
        return settings.layout().location(container, job, now);
    }

    /** The approximate size of a file in bytes before compression. */
    public long fileSize() {
        return settings.fileSize().toBytes();
    }

    /** How files are stored. */
    BlobStore.Encoding encoding() {
        return settings.compression().encoding();
    }

    /** The name of a file. */
    String file(OutputFormat format, Content content, ResourceType type, int number) {
        String name = settings.layout().file(format, content, type, number);
        return format.isTable() ? name : settings.compression().file(name);
    }

    /** The name of a file of a view. */
    String file(String view, int number, ViewOutput.Format format) {
        String name = settings.layout().file(view, number, format.extension());
        return format.isTable() ? name : settings.compression().file(name);
    }

    /** The name of a file with issues, such as those of a unit. */
    public String errorFile(String unit) {
        return settings.compression().file("errors-" + unit + ".ndjson");
    }
}
