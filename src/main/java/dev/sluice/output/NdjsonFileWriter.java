package dev.sluice.output;

import dev.sluice.filter.ElementsProjection;
import dev.sluice.filter.ResourceFilter;
import dev.sluice.store.RowStream;
import dev.sluice.store.SealedLines;
import org.jspecify.annotations.Nullable;

/**
 * Writes the resources of one type to an NDJSON file. It drops resources that match no filter and keeps only the
 * selected elements. Without filters, elements and de-identification it writes the stored bytes unchanged.
 */
final class NdjsonFileWriter implements RowStream.Sink {
    private final ResourceFilter filter;
    private final @Nullable ElementsProjection elements;
    private final LineWriter lines;

    NdjsonFileWriter(ResourceFilter filter, @Nullable ElementsProjection elements, LineWriter lines) {
        this.filter = filter;
        this.elements = elements;
        this.lines = lines;
    }

    @Override
    public void row(byte[] buffer, int offset, int length) {
        lines.check();
        if (lines.matches(filter, buffer, offset, length)) {
            lines.resource(buffer, offset, length, elements);
        }
        lines.progress(length + 1);
    }

    @Override
    public void lines(SealedLines sealed) {
        if (elements != null || !filter.isEmpty() || !lines.writesStoredBytes()) {
            RowStream.Sink.super.lines(sealed);
            return;
        }
        lines.check();
        lines.compressed(sealed);
    }
}
