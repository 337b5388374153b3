package dev.sluice.bulkimport;

/** Hears of a load while it goes on, always on the thread that reads. An exception of its own ends the load. */
interface LoadListener {
    /** A line is left out. */
    void badLine(LineError line);

    /** Another batch is on its way to the store. */
    default void progress() {}
}
