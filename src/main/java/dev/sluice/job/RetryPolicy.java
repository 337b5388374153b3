package dev.sluice.job;

import dev.sluice.job.StepQueue.Failing;
import java.time.Duration;

/** When a step that failed is tried again, after 1, 2, 4, … 60 seconds, give or take; and when it is given up. */
final class RetryPolicy {
    /**
     * A step that failed less often in a row without getting further is not given up, however long ago it failed first: the
     * time since then includes that of starts that ran well.
     */
    static final int LEAST_FAILURES = 5;

    private static final long LONGEST_MILLIS = 60_000;

    private RetryPolicy() {}

    /** The pause before the next start of a step that failed this many times; no two processes come back together. */
    static Duration pause(int failures) {
        long millis = Math.min(LONGEST_MILLIS, 1_000L << Math.min(failures - 1, 6));
        return Duration.ofMillis((long) (millis * (0.75 + Math.random() / 2)));
    }

    /** Whether a step has failed too often, and for longer than the patience. */
    static boolean isExhausted(Failing failing, Duration patience) {
        return failing.times() >= LEAST_FAILURES && failing.time().compareTo(patience) >= 0;
    }
}
