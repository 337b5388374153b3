package dev.sluice.throttle;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Computes the fraction of the time in which units may read. It is 1 until requests become slow. Then it drops to a tenth and
 * grows by a tenth each second, so that it adapts to the load of the requests.
 *
 * <p>Safe for use by any number of threads. It checks the requests at most twice a second, and only when it is called.
 */
final class DutyCycle {
    static final double LEAST = 0.1;
    private static final double GROWTH_A_SECOND = 0.1;
    private static final long BETWEEN_CHECKS = TimeUnit.MILLISECONDS.toNanos(500);

    private final BooleanSupplier othersAreSlow;
    private final LongSupplier clock;
    private double dutyCycle = 1;
    private long checked;

    /** @param clock a monotonic clock in nanoseconds */
    DutyCycle(BooleanSupplier othersAreSlow, LongSupplier clock) {
        this.othersAreSlow = othersAreSlow;
        this.clock = clock;
        this.checked = clock.getAsLong() - BETWEEN_CHECKS;
    }

    /** The fraction, from a tenth to 1. */
    synchronized double get() {
        long passed = clock.getAsLong() - checked;
        if (passed >= BETWEEN_CHECKS) {
            checked += passed;
            dutyCycle = othersAreSlow.getAsBoolean() ? LEAST : Math.min(1, dutyCycle + GROWTH_A_SECOND * passed / 1e9);
        }
        return dutyCycle;
    }
}
