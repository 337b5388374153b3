package dev.sluice.telemetry;

import dev.sluice.store.KeptVersions;
import dev.sluice.store.SegmentBuilder;
import dev.sluice.store.StoreInfo;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The size of the store, and how far its maintenance is behind, as metrics. They are determined once a minute from the
 * statistics and indexes of PostgreSQL. Each process reports the same numbers.
 */
@Component
class StoreGauges {
    private static final Logger log = LoggerFactory.getLogger(StoreGauges.class);

    private final StoreInfo store;
    private final KeptVersions versions;
    private final SegmentBuilder sealing;
    private final MultiGauge typeVersions;
    private final MultiGauge typeBytes;

    /** Null while the database does not answer. */
    private final AtomicReference<@Nullable State> state =
            new AtomicReference<>(new State(new StoreInfo.DatabaseSize(0, 0), Duration.ZERO, Duration.ZERO));

    private record State(StoreInfo.DatabaseSize size, Duration sealLag, Duration sweepLag) {}

    StoreGauges(StoreInfo store, KeptVersions versions, SegmentBuilder sealing, MeterRegistry meters) {
        this.store = store;
        this.versions = versions;
        this.sealing = sealing;
        this.typeVersions = MultiGauge.builder("sluice.store.versions")
                .description("Stored versions of resources, by the statistics of PostgreSQL")
                .register(meters);
        this.typeBytes = MultiGauge.builder("sluice.store.size")
                .baseUnit("bytes")
                .description("Bytes on the disk of the database, with indexes")
                .register(meters);
        gauge(
                meters,
                "sluice.database.size",
                "bytes",
                "Size of the database",
                state -> state.size().all());
        gauge(
                meters,
                "sluice.segments.size",
                "bytes",
                "Size of the sealed segments in it",
                state -> state.size().segments());
        gauge(
                meters,
                "sluice.seal.lag",
                "seconds",
                "Age of the oldest change that sealing has not seen",
                state -> seconds(state.sealLag()));
        gauge(
                meters,
                "sluice.sweep.lag",
                "seconds",
                "How much longer than sluice.history the oldest replaced version is kept",
                state -> seconds(state.sweepLag()));
    }

    private void gauge(
            MeterRegistry meters, String name, String unit, String description, ToDoubleFunction<State> value) {
        Gauge.builder(name, () -> {
                    State now = state.get();
                    return now == null ? Double.NaN : value.applyAsDouble(now);
                })
                .baseUnit(unit)
                .description(description)
                .register(meters);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1_000.0;
    }

    @Scheduled(initialDelay = 5, fixedDelay = 60, timeUnit = TimeUnit.SECONDS)
    void measure() {
        try {
            List<StoreInfo.TypeSize> sizes = store.sizes();
            typeVersions.register(rows(sizes, StoreInfo.TypeSize::versions), true);
            typeBytes.register(rows(sizes, StoreInfo.TypeSize::bytes), true);
            state.set(new State(store.databaseSize(), sealing.lag(), versions.sweepLag()));
        } catch (DataAccessException e) {
            state.set(null);
            log.debug("The store cannot be measured now: {}", e.getMessage());
        }
    }

    private static List<MultiGauge.Row<?>> rows(
            List<StoreInfo.TypeSize> sizes, ToDoubleFunction<StoreInfo.TypeSize> value) {
        return sizes.stream()
                .<MultiGauge.Row<?>>map(
                        size -> MultiGauge.Row.of(Tags.of("type", size.type().name()), value.applyAsDouble(size)))
                .toList();
    }
}
