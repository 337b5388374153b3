package dev.sluice.output;

import dev.sluice.filter.ResourceFilter;
import dev.sluice.store.RowStream;

/** Writes the rows that a view makes of the resources of one type. It drops resources that match no filter. */
final class ViewFileWriter implements RowStream.Sink {
    private final ResourceFilter filter;
    private final UnitView view;
    private final LineWriter lines;

    ViewFileWriter(ResourceFilter filter, UnitView view, LineWriter lines) {
        this.filter = filter;
        this.view = view;
        this.lines = lines;
        lines.beginRows(view);
    }

    @Override
    public void row(byte[] buffer, int offset, int length) {
        lines.check();
        if (lines.matches(filter, buffer, offset, length)) {
            lines.rows(view, buffer, offset, length);
        }
        lines.progress(length + 1);
    }
}
