package dev.sluice.output;

import dev.sluice.lake.TableStatistics;
import dev.sluice.store.SealedLines;
import org.jspecify.annotations.Nullable;

/** What takes the lines of a file. For use by one thread. */
interface LineTarget extends AutoCloseable {
    /** Takes a line, without a newline. */
    void line(byte[] buffer, int offset, int length);

    /** Takes the next part of a line. The array may change after the call. */
    void part(byte[] buffer, int offset, int length);

    /** Ends the line whose parts were given. */
    void end();

    /** Takes compressed lines. */
    void lines(SealedLines sealed);

    /** Writes what is left after the last line. */
    void finish();

    /** What a table holds. Called after {@link #finish()}; null = it is no table. */
    default @Nullable TableStatistics statistics() {
        return null;
    }

    /** Releases what the target holds; the blob stays open. */
    @Override
    void close();
}
