package dev.sluice.store;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings for the retention of replaced versions.
 *
 * @param history how long a version is kept after it was replaced; an unfinished export keeps the versions that it
 *     needs for longer
 */
@ConfigurationProperties("sluice")
record RetentionSettings(@DefaultValue("30d") Duration history) {
    RetentionSettings {
        if (history.isNegative()) {
            throw new IllegalArgumentException(
                    "sluice.history is " + history.toMillis() + " ms; it must be 0s or more, such as 30d");
        }
    }
}
