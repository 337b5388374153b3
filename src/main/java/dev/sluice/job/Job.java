package dev.sluice.job;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as it stands, for reading.
 *
 * @param id names it for ever
 * @param kind which handler runs it
 * @param owner the client that it belongs to
 * @param payload what was asked, in a form that only the handler reads
 * @param output where its output is, in a form that only the handler reads; null if it is not recorded
 * @param status where it stands
 * @param progress how far it is
 * @param ending how it ended; null while it runs
 */
public record Job(
        UUID id,
        String kind,
        String owner,
        String payload,
        @Nullable String output,
        JobStatus status,
        Progress progress,
        @Nullable Ending ending) {

    /**
     * How far a job is.
     *
     * @param done bytes that are done
     * @param total all bytes; 0 until the job is planned
     * @param created when it was recorded
     * @param updated when it last made progress
     * @param trouble the step that has failed most often and is not done yet; null while all goes well
     * @param throttledBy what holds units back on purpose; null = nothing
     * @param paused since when it is paused; null = it is not
     */
    public record Progress(
            long done,
            long total,
            Instant created,
            Instant updated,
            @Nullable Trouble trouble,
            @Nullable String throttledBy,
            @Nullable Instant paused) {
        private static final long MB = 1_000_000;
        private static final int LONGEST = 99;
        private static final Duration QUIET = Duration.ofSeconds(10);

        /** From 0 to 99: a job at hundred per cent is not in progress. */
        public int percent() {
            return total <= 0 ? 0 : (int) Math.min(99, done * 100 / total);
        }

        /**
         * For people, in less than 100 characters that a header may have: the percentage and the megabytes; then since when
         * it is paused, or the step that fails, or the setting that holds units back, or the time since which there was no progress.
         */
        public String text(Instant now) {
            String text = total <= 0 ? "planning" : percent() + "% (" + done / MB + " of " + total / MB + " MB)";
            if (paused != null) {
                return (total <= 0 ? "" : text + ", ") + "paused since " + paused.truncatedTo(ChronoUnit.SECONDS);
            }
            if (trouble != null) {
                return SafeMessage.brief(text + ", " + trouble.text(), LONGEST);
            }
            if (throttledBy != null) {
                return SafeMessage.brief(text + ", held back by " + throttledBy, LONGEST);
            }
            return Duration.between(updated, now).compareTo(QUIET) < 0
                    ? text
                    : text + ", last progress " + updated.truncatedTo(ChronoUnit.SECONDS);
        }

        /** Seconds to wait before looking again: few while the job is young, since most jobs are small; never over 10. */
        public long pollAfter(Instant now) {
            return Math.max(1, Math.min(10, Duration.between(created, now).toSeconds() / 10));
        }
    }

    /**
     * A step that has failed and is tried again.
     *
     * @param step which step it is, in words
     * @param failures how often it has failed in a row
     * @param fault why it failed last
     */
    public record Trouble(String step, int failures, String fault) {
        String text() {
            return step + " failed " + SafeMessage.times(failures) + " and is tried again: " + fault;
        }
    }

    /**
     * How a job ended.
     *
     * @param failure the sentence that says why it failed; null = it is completed, and has a {@link Jobs#result}
     * @param finished when
     * @param expires when the job and what it made are erased
     */
    public record Ending(@Nullable String failure, Instant finished, Instant expires) {
        static @Nullable Ending of(@Nullable String failure, @Nullable Instant finished, @Nullable Instant expires) {
            return finished == null || expires == null ? null : new Ending(failure, finished, expires);
        }
    }
}
