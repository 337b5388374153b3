package dev.sluice.job;

import java.time.Duration;

/** How often a step that fails is tried, and how long it waits between: 1, 2, 4, … 60 seconds, give or take. */
final class Patience {
    private static final long LONGEST_MILLIS = 60_000;

    private Patience() {}

    /** The pause before the next try of something that failed this many times; no two processes come back together. */
    static Duration pause(int failures) {
        return Duration.ofMillis((long) (millis(failures) * (0.75 + Math.random() / 2)));
    }

    /** The number of tries whose pauses make up this time; counting them needs no clock. */
    static int tries(Duration time) {
        int tries = 1;
        for (long waited = 0; waited < time.toMillis(); waited += millis(tries++)) {
            // each round is one more pause
        }
        return tries;
    }

    private static long millis(int failures) {
        return Math.min(LONGEST_MILLIS, 1_000L << Math.min(failures - 1, 6));
    }
}
