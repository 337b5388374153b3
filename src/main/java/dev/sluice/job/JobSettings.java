package dev.sluice.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How jobs run.
 *
 * @param workers units that this process runs at the same time; without a value, as many as it has cores
 * @param retention how long a finished job and what it made are kept
 */
@ConfigurationProperties("sluice.export")
record JobSettings(
        @Nullable Integer workers, @DefaultValue("7d") Duration retention) {
    JobSettings {
        if (workers != null && workers < 1) {
            throw new IllegalArgumentException("sluice.export.workers is " + workers + "; it must be 1 or more");
        }
    }

    int threads() {
        return workers == null ? Runtime.getRuntime().availableProcessors() : workers;
    }
}
