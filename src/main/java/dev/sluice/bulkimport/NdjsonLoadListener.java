package dev.sluice.bulkimport;

/** Receives the progress of a load, always on the thread that reads. An exception that it throws ends the load. */
interface NdjsonLoadListener {
    /** A line is left out. */
    void badLine(LineError line);

    /** Another batch is on its way to the store. */
    default void progress() {}
}
