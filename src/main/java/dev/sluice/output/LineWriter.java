package dev.sluice.output;

import dev.sluice.blob.BlobWriter;
import dev.sluice.blob.Deflated;
import dev.sluice.filter.ElementsProjection;
import dev.sluice.filter.RowIssues;
import dev.sluice.store.SealedLines;
import org.jspecify.annotations.Nullable;

/** Writes the lines of one file, and tells how far its unit is. For use by one thread. */
final class LineWriter {
    private static final byte[] NEWLINE = {'\n'};

    private final BlobWriter file;
    private final UnitControl control;
    private final RowIssues issues;
    private long lines;
    private long read;

    /** @param before bytes that the unit read for the files before this one */
    LineWriter(BlobWriter file, UnitControl control, RowIssues issues, long before) {
        this.file = file;
        this.control = control;
        this.issues = issues;
        this.read = before;
    }

    /** Writes a resource as a line; only some of its elements, if they are given. */
    void resource(byte[] buffer, int offset, int length, @Nullable ElementsProjection elements) {
        if (elements == null) {
            write(buffer, offset, length);
            lines++;
            return;
        }
        byte[] left = issues.elements(elements, buffer, offset, length);
        if (left != null) {
            write(left, 0, left.length);
            lines++;
        }
    }

    /** Writes a line that is no resource of the export. */
    void header(byte[] line) {
        write(line, 0, line.length);
    }

    private void write(byte[] buffer, int offset, int length) {
        file.write(buffer, offset, length);
        file.write(NEWLINE, 0, 1);
    }

    /** Writes lines that are compressed already. */
    void compressed(SealedLines sealed) {
        file.writeDeflated(
                new Deflated(sealed.buffer(), sealed.offset(), sealed.length(), sealed.bytes(), sealed.crc32()));
        lines += sealed.count();
        progress(sealed.bytes());
    }

    /** This many bytes were read. */
    void progress(long bytes) {
        read += bytes;
        control.progress(read);
    }

    /** Resources written. */
    long lines() {
        return lines;
    }
}
