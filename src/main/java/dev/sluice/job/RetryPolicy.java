package dev.sluice.job;

import java.time.Duration;

/** When a step that failed is tried again, after 1, 2, 4, … 60 seconds, give or take; and when it is given up. */
final class RetryPolicy {
    /**
     * A step is not given up before this many failures in a row, because the time since the first one can include starts
     * that ran without a fault.
     */
    static final int LEAST_FAILURES = 5;

    private static final long LONGEST_MILLIS = 60_000;

    /**
     * A step that fails.
     *
     * @param times how often it has failed in a row since then
     * @param millis since it failed first, or last got further than before
     */
    record Failing(int times, long millis) {
        Duration time() {
            return Duration.ofMillis(millis);
        }
    }

    private RetryPolicy() {}

    /** The pause before the next start of a step that failed this many times; it varies, so that processes rarely try again at the same moment. */
    static Duration pause(int failures) {
        long millis = Math.min(LONGEST_MILLIS, 1_000L << Math.min(failures - 1, 6));
        return Duration.ofMillis((long) (millis * (0.75 + Math.random() / 2)));
    }

    /** Whether a step has failed too often, and for longer than the patience. */
    static boolean isExhausted(Failing failing, Duration patience) {
        return failing.times() >= LEAST_FAILURES && failing.time().compareTo(patience) >= 0;
    }
}
