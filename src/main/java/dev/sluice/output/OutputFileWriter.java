package dev.sluice.output;

import dev.sluice.store.RowStream;
import org.jspecify.annotations.Nullable;

/** Writes the lines of one file from the rows that it receives. */
interface OutputFileWriter extends RowStream.Sink {
    /** The resource type of all lines; null = any type. */
    @Nullable
    String type();

    /** Writes buffered lines after the last row. */
    default void finish() {}

    /** The number of lines that were written, without headers. */
    long lines();
}
