package dev.sluice.job;

import java.time.Duration;

/** How long a step that failed waits until it is tried again: 1, 2, 4, … 60 seconds, give or take. */
final class Patience {
    private static final long LONGEST_MILLIS = 60_000;

    private Patience() {}

    /** The pause before the next try of something that failed this many times; no two processes come back together. */
    static Duration pause(int failures) {
        return Duration.ofMillis((long) (millis(failures) * (0.75 + Math.random() / 2)));
    }

    private static long millis(int failures) {
        return Math.min(LONGEST_MILLIS, 1_000L << Math.min(failures - 1, 6));
    }
}
