package dev.sluice.store;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The setting of how long replaced versions are kept.
 *
 * @param history how long a version is kept after it was replaced; an unfinished export keeps the versions that it
 *     needs for longer
 */
@ConfigurationProperties("sluice")
record HistorySettings(@DefaultValue("30d") Duration history) {
    HistorySettings {
        if (history.isNegative()) {
            throw new IllegalArgumentException(
                    "sluice.history is " + history.toMillis() + " ms; it must be 0s or more, such as 30d");
        }
    }
}
