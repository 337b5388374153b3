package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.json.JsonOutput;
import java.util.List;

/**
 * Writes rows as objects of JSON, one on each line. A column without a value is null. Values keep the bytes that they have
 * in the resource. For use by one thread.
 */
public final class NdjsonRows implements RowSink {
    private final JsonOutput out;
    private final byte[][] names;
    private final boolean[] collections;

    public NdjsonRows(List<ViewColumn> columns, JsonOutput out) {
        this.out = out;
        this.names = new byte[columns.size()][];
        this.collections = new boolean[columns.size()];
        for (int i = 0; i < names.length; i++) {
            names[i] = ((i == 0 ? "{\"" : ",\"") + columns.get(i).name() + "\":").getBytes(UTF_8);
            collections[i] = columns.get(i).collection();
        }
    }

    @Override
    public void row(ViewRow row) {
        for (int i = 0; i < names.length; i++) {
            out.put(names[i]);
            RowText.json(row, i, collections[i], out);
        }
        out.put('}');
        out.put('\n');
    }
}
