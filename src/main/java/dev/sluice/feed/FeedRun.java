package dev.sluice.feed;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A run of a feed: an export job, or a failure to start one.
 *
 * @param id numbers the runs of all feeds
 * @param feed the name of its feed
 * @param job its export; null = it did not start
 * @param chain the chain that it is part of
 * @param number its place in the feed
 * @param since the transaction time of the link before it; null for a snapshot
 * @param transactionTime the time whose state it exports; null = it did not start
 * @param content the hash of what its export may hold; null = it did not start
 * @param problem why it failed; null = it did not
 * @param ended null while it runs
 * @param erased when its files were given up; null = they were not
 */
public record FeedRun(
        long id,
        String feed,
        @Nullable UUID job,
        Kind kind,
        int chain,
        int number,
        @Nullable Instant since,
        @Nullable Instant transactionTime,
        @Nullable String content,
        Status status,
        @Nullable String problem,
        Instant started,
        @Nullable Instant ended,
        @Nullable Instant erased) {
    /** What a run exports. */
    public enum Kind {
        /** Everything. */
        SNAPSHOT,
        /** What changed since the link before it. */
        DELTA
    }

    /** Where a run stands. */
    public enum Status {
        /** Its export runs. */
        RUNNING,
        /** It is a link of its chain. */
        COMPLETED,
        /** It is no link; the next run exports what it would have exported. */
        FAILED
    }
}
