package dev.sluice.export;

import dev.sluice.store.RowStream;

/** Makes the lines of one file of the rows that it is given. */
interface LineSink extends RowStream.Sink {
    /** The resource type of each line. */
    String type();

    /** Writes what waits for more rows; there are none. */
    void finish();

    /** Lines written. */
    long lines();
}
