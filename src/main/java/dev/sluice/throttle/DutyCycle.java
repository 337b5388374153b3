package dev.sluice.throttle;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The share of their time that units may read in: all of it, until others are slow; then a tenth, which grows again by a tenth
 * of the whole each second. So it is found out again and again how much others can bear, and what is usual for them.
 *
 * <p>For any number of threads. It looks when it is asked, twice a second at most, and costs nothing while nobody asks.
 */
final class DutyCycle {
    static final double LEAST = 0.1;
    private static final double GROWTH_A_SECOND = 0.1;
    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(500);

    private final BooleanSupplier othersAreSlow;
    private final LongSupplier clock;
    private double share = 1;
    private long looked;

    /** @param clock gives nanoseconds that only grow */
    DutyCycle(BooleanSupplier othersAreSlow, LongSupplier clock) {
        this.othersAreSlow = othersAreSlow;
        this.clock = clock;
        this.looked = clock.getAsLong() - BETWEEN_LOOKS;
    }

    /** The share, from a tenth to 1. */
    synchronized double get() {
        long passed = clock.getAsLong() - looked;
        if (passed >= BETWEEN_LOOKS) {
            looked += passed;
            share = othersAreSlow.getAsBoolean() ? LEAST : Math.min(1, share + GROWTH_A_SECOND * passed / 1e9);
        }
        return share;
    }
}
