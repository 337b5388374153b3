package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.FhirJson;
import dev.sluice.json.JsonOutput;
import dev.sluice.view.ViewRow.RowSink;
import java.util.List;

/**
 * Writes rows as objects of JSON, one on each line. A column without a value is null. Values keep the bytes that they have
 * in the resource. For use by one thread.
 */
public final class NdjsonRows implements RowSink {
    private final JsonOutput out;
    private final RowText text;
    private final byte[][] names;
    private final boolean[] collections;

    /** Writes rows of resources one after the other, where the rows of each are taken from the output before the next. */
    public NdjsonRows(List<ViewColumn> columns, JsonOutput out) {
        this(columns, out, FhirJson.MAX_RESOURCE_BYTES);
    }

    /** @param most bytes that the output may have; a row that leads to more is refused while it is written */
    public NdjsonRows(List<ViewColumn> columns, JsonOutput out, int most) {
        this.out = out;
        this.text = new RowText(out, most);
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
            text.put(names[i]);
            text.json(row, i, collections[i]);
        }
        out.put('}');
        out.put('\n');
    }
}
