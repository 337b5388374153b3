package dev.sluice.feed;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many feeds there may be, and what they may take.
 *
 * @param maxPerClient feeds that a client may have, unless it is an administrator
 * @param maxRetention how long a feed may keep files that no follower needs; an earlier feed keeps them no longer either
 * @param minInterval the time between two runs that a new definition may have
 */
@ConfigurationProperties("sluice.feeds")
record FeedSettings(
        @DefaultValue("50") int maxPerClient,
        @DefaultValue("365d") Duration maxRetention,
        @DefaultValue("60s") Duration minInterval) {
    FeedSettings {
        if (maxPerClient < 1) {
            throw new IllegalArgumentException(
                    "sluice.feeds.max-per-client is " + maxPerClient + "; it must be 1 or more, such as 50");
        }
        requireAtLeastAMinute("max-retention", maxRetention, "365d");
        requireAtLeastAMinute("min-interval", minInterval, "15m");
    }

    private static void requireAtLeastAMinute(String key, Duration value, String example) {
        if (value.compareTo(Duration.ofMinutes(1)) < 0) {
            throw new IllegalArgumentException("sluice.feeds." + key + " is " + value.toSeconds()
                    + " s; it must be at least 60 s, such as " + example);
        }
    }
}
