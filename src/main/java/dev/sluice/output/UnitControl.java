package dev.sluice.output;

import java.util.concurrent.CancellationException;

/**
 * The interface between a unit that is written and the process that runs it: cancellation, progress and connection
 * limits. All methods but the action of {@link #onCancel} are called by one thread.
 */
public interface UnitControl {
    /** The control of a unit that never stops. */
    UnitControl NONE = new UnitControl() {};

    /**
     * Returns if the unit may continue.
     *
     * @throws CancellationException if it has to stop
     */
    default void check() {}

    /**
     * Returns if this process still holds the unit; called directly before its files become visible.
     *
     * @throws CancellationException if it does not
     */
    default void checkLease() {}

    /**
     * Reports the number of bytes of NDJSON that were read. It is cheap enough to be called for every row. It may wait,
     * to limit the rate.
     */
    default void progress(long bytes) {}

    /** Registers the action that ends a read from another thread when the unit must stop. */
    default void onCancel(Runnable action) {}

    /** A part of a wait. */
    @FunctionalInterface
    interface Wait {
        /** Waits for a while, and returns whether the wait is over. */
        boolean isOver() throws InterruptedException;
    }

    /**
     * Waits on purpose; the unit does not count as stuck meanwhile.
     *
     * @param by what the unit waits for, for people
     * @throws CancellationException if the unit has to stop
     */
    default void throttle(String by, Wait wait) {
        try {
            while (!wait.isOver()) {
                check();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for " + by);
        }
    }

    /** Waits until the unit may use a database connection. */
    default void beginRead() {}

    /** Releases the connection. */
    default void endRead() {}
}
