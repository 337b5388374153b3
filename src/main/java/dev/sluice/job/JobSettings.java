package dev.sluice.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How jobs run.
 *
 * @param workers units that this process runs at the same time; without a value, as many as it has cores
 * @param shortWorkers steps that this process runs beside them while all workers are busy, if they are short: plans and
 *     ends of jobs, and units of small jobs
 * @param maxUnitsPerJob units of a job that run at the same time in all processes; null = no limit
 * @param maxUnitsPerClient the same of all jobs of a kind of a client
 * @param maxOpenJobs how many exports may be accepted or running at a time in all processes; the same number applies to
 *     imports. One more is refused
 * @param retention how long a finished job and what it made are kept
 * @param patience how long a step that makes no progress is tried again after temporary faults; five times at least
 * @param stallLimit a unit that makes no progress for this long is interrupted, and tried again
 * @param shutdownGrace how long a process that is told to stop lets its units run on before it hands them back
 */
@ConfigurationProperties("sluice.export")
record JobSettings(
        @Nullable Integer workers,
        @DefaultValue("2") int shortWorkers,
        @Nullable Integer maxUnitsPerJob,
        @Nullable Integer maxUnitsPerClient,
        @DefaultValue("100") int maxOpenJobs,
        @DefaultValue("7d") Duration retention,
        @DefaultValue("30m") Duration patience,
        @DefaultValue("10m") Duration stallLimit,
        @DefaultValue("20s") Duration shutdownGrace) {
    private static final String NO_LIMIT = "or left out, for no limit";

    JobSettings {
        requirePositive("workers", workers, "or left out, for the number of cores");
        requirePositive("max-units-per-job", maxUnitsPerJob, NO_LIMIT);
        requirePositive("max-units-per-client", maxUnitsPerClient, NO_LIMIT);
        if (shortWorkers < 0) {
            throw new IllegalArgumentException(
                    "sluice.export.short-workers is " + shortWorkers + "; it must be 0 or more, such as 2");
        }
        if (maxOpenJobs < 1) {
            throw new IllegalArgumentException(
                    "sluice.export.max-open-jobs is " + maxOpenJobs + "; it must be 1 or more, such as 100");
        }
        requireAtLeast("retention", retention, Duration.ofSeconds(1), "7d");
        requireAtLeast("patience", patience, Duration.ofSeconds(1), "30m");
        requireAtLeast("stall-limit", stallLimit, Duration.ofMillis(100), "10m");
        requireAtLeast("shutdown-grace", shutdownGrace, Duration.ZERO, "20s");
    }

    private static void requirePositive(String key, @Nullable Integer value, String other) {
        if (value != null && value < 1) {
            throw new IllegalArgumentException(
                    "sluice.export." + key + " is " + value + "; it must be 1 or more, " + other);
        }
    }

    private static void requireAtLeast(String key, Duration value, Duration least, String example) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException("sluice.export." + key + " is " + value.toMillis()
                    + " ms; it must be at least " + least.toMillis() + " ms, such as " + example);
        }
    }

    int threads() {
        return workers == null ? Runtime.getRuntime().availableProcessors() : workers;
    }

    /** Whether running units are counted when one is leased. */
    boolean limitUnits() {
        return maxUnitsPerJob != null || maxUnitsPerClient != null;
    }

    int unitsPerJob() {
        return maxUnitsPerJob == null ? Integer.MAX_VALUE : maxUnitsPerJob;
    }

    int unitsPerClient() {
        return maxUnitsPerClient == null ? Integer.MAX_VALUE : maxUnitsPerClient;
    }
}
