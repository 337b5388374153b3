package dev.sluice.throttle;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Spreads bytes evenly over time: whoever has read some is told how long to wait before the next ones.
 *
 * <p>What was not used is good for a quarter of a second, so that a late awakening is made up for, and no more. For any number
 * of threads; nobody waits in here.
 */
final class RateLimiter {
    private static final long KEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final long bytesPerSecond;
    private final LongSupplier clock;
    /** The moment up to which what was taken pays for. */
    private long paid;

    /** @param clock gives nanoseconds that only grow, as {@link System#nanoTime} */
    RateLimiter(long bytesPerSecond, LongSupplier clock) {
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
        this.paid = clock.getAsLong() - KEPT_NANOS;
    }

    /** Takes bytes that were read, however many, and returns the nanoseconds to wait for that; 0 = none. */
    synchronized long take(long bytes) {
        long now = clock.getAsLong();
        if (now - paid > KEPT_NANOS) {
            paid = now - KEPT_NANOS;
        }
        paid += (long) Math.ceil(bytes * 1e9 / bytesPerSecond);
        return Math.max(0, paid - now);
    }
}
