package dev.sluice.output;

import dev.sluice.store.RowStream;
import org.jspecify.annotations.Nullable;

/** Makes the lines of one file of the rows that it is given. */
interface OutputFileWriter extends RowStream.Sink {
    /** The resource type of each line; null = they are of any type. */
    @Nullable
    String type();

    /** Writes what waits for more rows; there are none. */
    default void finish() {}

    /** Lines written, but for headers. */
    long lines();
}
