package dev.sluice.throttle;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Limits a rate of bytes: the caller reports the bytes that it has read and waits for the returned time.
 *
 * <p>Unused bytes count for at most a quarter of a second, which compensates for late wake-ups. Safe for use by any
 * number of threads; it does not block.
 */
final class RateLimiter {
    private static final long KEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final long bytesPerSecond;
    private final LongSupplier clock;
    /** The time up to which the reported bytes use the rate. */
    private long paidUntil;

    /** @param clock a monotonic clock in nanoseconds, such as {@link System#nanoTime} */
    RateLimiter(long bytesPerSecond, LongSupplier clock) {
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
        this.paidUntil = clock.getAsLong() - KEPT_NANOS;
    }

    /** Adds bytes that were read and returns the nanoseconds to wait; 0 = none. */
    synchronized long take(long bytes) {
        long now = clock.getAsLong();
        if (now - paidUntil > KEPT_NANOS) {
            paidUntil = now - KEPT_NANOS;
        }
        paidUntil += (long) Math.ceil(bytes * 1e9 / bytesPerSecond);
        return Math.max(0, paidUntil - now);
    }
}
