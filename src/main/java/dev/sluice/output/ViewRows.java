package dev.sluice.output;

import dev.sluice.blob.BlobWriter;
import dev.sluice.view.ViewRow.RowSink;

/** Holds the rows of one resource until they are complete, and writes them to a file then. For use by one thread. */
interface ViewRows extends RowSink {
    /** A new file for such rows. */
    LineTarget target(BlobWriter blob);

    /** Writes what stands at the beginning of a file. */
    void begin(LineTarget file);

    /** Forgets the rows that it holds. */
    void clear();

    /** Writes the rows that it holds to a file that it made. */
    void take(LineTarget file);
}
