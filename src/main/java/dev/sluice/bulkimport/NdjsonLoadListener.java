package dev.sluice.bulkimport;

/** Receives the progress of a load, on the thread that reads but for one call. An exception that it throws ends the load. */
interface NdjsonLoadListener {
    /** A line is left out. */
    void badLine(LineError line);

    /** A batch is written: this many versions are in the store, or were already. */
    default void written(long versions) {}

    /** The load has got to here; called as the last statement of the transaction of a batch, on the thread that writes. */
    default void reached(LoadCheckpoint checkpoint) {}

    /** Another batch is on its way to the store, or as many lines were skipped that are there. */
    default void progress() {}
}
