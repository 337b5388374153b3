package dev.sluice.telemetry;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Knows how the feeds are, for metrics. Called by one thread, every 15 seconds. */
public interface FeedStates {
    /** All feeds. */
    List<FeedState> feeds();

    /**
     * How a feed is.
     *
     * @param name names the feed in metrics
     * @param enabled whether it runs by its schedule
     * @param lastSuccess when the export of its last complete link ended; null = it has none
     * @param dueSince the time of its earliest run that no complete link covers; null = nothing is missing
     */
    record FeedState(
            String name,
            boolean enabled,
            @Nullable Instant lastSuccess,
            @Nullable Instant dueSince) {}
}
