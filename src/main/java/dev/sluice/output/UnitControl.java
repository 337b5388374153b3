package dev.sluice.output;

import java.util.concurrent.CancellationException;

/** What a unit asks and tells the process that runs it. All methods but the action of {@link #onCancel} are called by one thread. */
public interface UnitControl {
    /** A unit that nobody stops. */
    UnitControl NONE = new UnitControl() {};

    /**
     * Returns if the unit may go on.
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

    /** Says how many bytes of NDJSON were read; cheap enough for every row. It may wait, to limit the rate. */
    default void progress(long bytes) {}

    /** Names the action that ends a read from another thread when the unit has to stop. */
    default void onCancel(Runnable action) {}

    /** Waits until the unit may use one connection of the database. */
    default void beginRead() {}

    /** The connection is free again. */
    default void endRead() {}
}
