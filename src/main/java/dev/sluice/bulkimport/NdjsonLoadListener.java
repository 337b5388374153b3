package dev.sluice.bulkimport;

/** Receives the progress of a load, always on the thread that reads. An exception that it throws ends the load. */
interface NdjsonLoadListener {
    /** A line is left out. */
    void badLine(LineError line);

    /** A batch is written: this many versions are in the store, or were already. */
    default void written(long versions) {}

    /** Another batch is on its way to the store. */
    default void progress() {}
}
