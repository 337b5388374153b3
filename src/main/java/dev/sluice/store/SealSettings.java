package dev.sluice.store;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings of sealed segments: which rows are also stored in compressed form.
 *
 * @param enabled whether this process seals rows; it reads existing segments in any case
 * @param after how long rows must have been unchanged
 * @param size the size of a segment's lines before compression; one changed row invalidates the segment, and larger
 *     segments compress better
 */
@ConfigurationProperties("sluice.seal")
record SealSettings(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("5m") Duration after,
        @DefaultValue("400KB") DataSize size) {
    /** A segment is held in memory when it is written and when it is read. */
    private static final int LARGEST_MB = 8;

    SealSettings {
        if (after.isNegative()) {
            throw new IllegalArgumentException(
                    "sluice.seal.after is " + after.toMillis() + " ms; it must be 0s or more, such as 5m");
        }
        if (size.toBytes() < 1 || size.toMegabytes() > LARGEST_MB) {
            throw new IllegalArgumentException(
                    "sluice.seal.size is " + size + "; it must be from 1 byte to " + LARGEST_MB + " MB");
        }
    }
}
