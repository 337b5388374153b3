package dev.sluice.output;

import dev.sluice.blob.BlobWriter;
import dev.sluice.json.JsonOutput;
import dev.sluice.view.CsvRows;
import dev.sluice.view.NdjsonRows;
import dev.sluice.view.ViewColumn;
import dev.sluice.view.ViewRow;
import dev.sluice.view.ViewRow.RowSink;
import java.util.List;

/** Holds rows of a view as lines of NDJSON or CSV. */
final class ViewLines implements ViewRows {
    /** A larger buffer is not kept for the next resource. */
    private static final int MOST_KEPT = 1 << 22;

    private final JsonOutput out = new JsonOutput();
    private final RowSink rows;
    private final byte[] header;

    /** @param header whether a file of CSV begins with the names of the columns */
    ViewLines(List<ViewColumn> columns, boolean csv, boolean header) {
        this.rows = csv ? new CsvRows(columns, out) : new NdjsonRows(columns, out);
        this.header = csv && header ? CsvRows.header(columns) : new byte[0];
    }

    @Override
    public LineTarget target(BlobWriter blob) {
        return new NdjsonTarget(blob);
    }

    @Override
    public void begin(LineTarget file) {
        file.part(header, 0, header.length);
    }

    @Override
    public void row(ViewRow row) {
        rows.row(row);
    }

    @Override
    public void clear() {
        out.clear();
        if (out.bytes().length > MOST_KEPT) {
            out.release();
        }
    }

    @Override
    public void take(LineTarget file) {
        out.take(file::part);
    }
}
