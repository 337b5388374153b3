package dev.sluice.monitor;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A unit of a job.
 *
 * @param number its place in the plan, from 1
 * @param types what it reads
 * @param state where it stands
 * @param tries how often it was started
 * @param process the process that runs it, or ran it last; null = none did
 * @param started when it was last started; null = never
 * @param updated when it last made progress, or was done; null = never
 * @param doneBytes the bytes that are done
 * @param totalBytes all of its bytes
 * @param writtenRows the rows that it has written, to files or to the store; null = not known yet
 * @param fault why it failed last; null = it has not failed since it was last done or got further
 * @param retry when it is tried again; null = it does not wait for that
 * @param source the database that it read from: {@code primary}, or the name of a replica; null = there are no replicas, or
 *     it is not done
 * @param throttledBy the setting that slows it down; null = none
 */
public record UnitRow(
        int number,
        List<String> types,
        State state,
        int tries,
        @Nullable String process,
        @Nullable Instant started,
        @Nullable Instant updated,
        long doneBytes,
        long totalBytes,
        @Nullable Long writtenRows,
        @Nullable String fault,
        @Nullable Instant retry,
        @Nullable String source,
        @Nullable String throttledBy) {
    /** Where a unit stands. */
    public enum State {
        WAITING,
        RUNNING,
        /** It failed, and is tried again. */
        RETRYING,
        DONE;

        /** The word in texts and JSON, such as {@code running}. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
