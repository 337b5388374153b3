package dev.sluice.telemetry;

import dev.sluice.blob.BlobException;
import dev.sluice.blob.BlobStore;
import dev.sluice.blob.ContainerName;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Whether files can be written to the storage, read and deleted. It is tried every half minute, so a request for the health
 * never waits for the storage.
 *
 * <p>The storage is part of the health and not of the readiness ({@code docs/adr/0041-what-is-told-to-monitoring.md}).
 */
@Component("storage")
class StorageHealth implements HealthIndicator {
    private static final Logger log = LoggerFactory.getLogger(StorageHealth.class);

    /** A storage that has not answered for this time is down, although no request has failed yet. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(90);

    private final BlobStore blobs;
    private final AtomicReference<Result> last = new AtomicReference<>(new Result(System.nanoTime(), false, null));

    /**
     * What the last try found.
     *
     * @param nanos when, by the monotonic clock of this process
     * @param tried false until the first try has ended
     * @param fault why it failed; null = it did not
     */
    private record Result(
            long nanos, boolean tried, @Nullable String fault) {}

    StorageHealth(BlobStore blobs, MeterRegistry meters) {
        this.blobs = blobs;
        Gauge.builder("sluice.storage.up", () -> fault() == null ? 1 : 0)
                .description("1 if files can be written to the storage, read and deleted")
                .register(meters);
        for (BlobException.Reason reason : BlobException.Reason.values()) {
            if (reason != BlobException.Reason.NOT_FOUND) {
                FunctionCounter.builder("sluice.storage.errors", reason, BlobException::count)
                        .description("Requests to the storage that failed")
                        .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                        .register(meters);
            }
        }
    }

    @Override
    public Health health() {
        String fault = fault();
        if (fault != null) {
            return Health.down().withDetail("fault", fault).build();
        }
        return last().tried() ? Health.up().build() : Health.unknown().build();
    }

    private Result last() {
        return Objects.requireNonNull(last.get());
    }

    private @Nullable String fault() {
        Result result = last();
        Duration silence = Duration.ofNanos(System.nanoTime() - result.nanos());
        return result.fault() == null && silence.compareTo(LONGEST_SILENCE) > 0
                ? "The storage has not answered for " + silence.toSeconds() + " seconds."
                : result.fault();
    }

    @Scheduled(initialDelay = 1, fixedDelay = 30, timeUnit = TimeUnit.SECONDS)
    void probe() {
        String before = last().fault();
        String fault = null;
        try {
            blobs.probe(ContainerName.STORE_MARKS);
        } catch (BlobException e) {
            fault = e.sentence();
            if (before == null) {
                log.warn("The storage cannot be used; exports wait or fail until it can: {}", e.getMessage());
            }
        }
        if (fault == null && before != null) {
            log.info("The storage can be used again.");
        }
        last.set(new Result(System.nanoTime(), true, fault));
    }
}
