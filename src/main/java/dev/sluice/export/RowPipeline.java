package dev.sluice.export;

import dev.sluice.blob.BlobWriter;
import dev.sluice.blob.Deflated;
import dev.sluice.fhir.ResourceType;
import dev.sluice.job.UnitContext;
import dev.sluice.search.FilterUnion;
import dev.sluice.store.SealedLines;
import org.jspecify.annotations.Nullable;

/**
 * Takes each row of a file on its way: drop what no filter wants, leave the elements that are wanted, write a line. With
 * neither, the bytes are passed on untouched.
 */
final class RowPipeline implements LineSink {
    private static final byte[] NEWLINE = {'\n'};

    private final ResourceType type;
    private final FilterUnion filter;
    private final @Nullable Elements elements;
    private final BlobWriter file;
    private final UnitContext context;
    private final RowFaults faults;
    private long lines;
    private long read;

    /**
     * The way of the rows of one type.
     *
     * @param rows which rows, and what of them
     */
    RowPipeline(Selection.Rows rows, FileTarget to) {
        this.type = rows.query().type();
        this.filter = rows.filter();
        this.elements = rows.elements();
        this.file = to.blob();
        this.context = to.context();
        this.faults = to.faults();
        this.read = to.before();
    }

    @Override
    public void row(byte[] buffer, int offset, int length) {
        context.check();
        if (faults.takes(filter, buffer, offset, length)) {
            line(buffer, offset, length);
        }
        read += length + 1;
        context.progress(read);
    }

    @Override
    public void lines(SealedLines sealed) {
        if (elements != null || !filter.isEmpty()) {
            LineSink.super.lines(sealed);
            return;
        }
        context.check();
        file.writeDeflated(
                new Deflated(sealed.buffer(), sealed.offset(), sealed.length(), sealed.bytes(), sealed.crc32()));
        lines += sealed.count();
        read += sealed.bytes();
        context.progress(read);
    }

    private void line(byte[] buffer, int offset, int length) {
        if (elements == null) {
            file.write(buffer, offset, length);
        } else {
            byte[] left = faults.elements(elements, buffer, offset, length);
            if (left == null) {
                return;
            }
            file.write(left, 0, left.length);
        }
        file.write(NEWLINE, 0, 1);
        lines++;
    }

    @Override
    public String type() {
        return type.name();
    }

    @Override
    public void finish() {
        // Each row was written when it came.
    }

    @Override
    public long lines() {
        return lines;
    }
}
