package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.json.JsonOutput;
import dev.sluice.json.JsonTape;
import java.math.BigDecimal;

/** Writes values of rows as JSON, and as the text that they are. For use by any number of threads. */
final class RowText {
    private static final byte[] NULL = "null".getBytes(UTF_8);

    private RowText() {}

    /** Writes the value of a column, or the array of its values. */
    static void json(ViewRow row, int column, boolean collection, JsonOutput out) {
        if (!collection || row.isAbsent(column)) {
            if (row.isNull(column)) {
                out.put(NULL);
            } else {
                value(row, column, 0, out);
            }
            return;
        }
        out.put('[');
        int size = row.size(column);
        for (int i = 0; i < size; i++) {
            if (i > 0) {
                out.put(',');
            }
            value(row, column, i, out);
        }
        out.put(']');
    }

    private static void value(ViewRow row, int column, int i, JsonOutput out) {
        int node = row.node(column, i);
        Object computed = row.computed(column, i);
        if (node >= 0) {
            JsonTape tape = row.tape();
            out.put(tape.json(), tape.start(node), tape.end(node));
        } else if (computed instanceof String text) {
            out.string(text);
        } else if (computed instanceof BigDecimal decimal) {
            out.raw(decimal.toPlainString());
        } else if (computed != null) {
            out.raw(computed.toString());
        } else {
            out.put(NULL);
        }
    }

    /** The value of a column that is no collection and not null, without quotes. */
    static String text(ViewRow row, int column) {
        Object computed = row.computed(column, 0);
        return computed == null ? row.tape().text(row.node(column, 0)) : SystemValues.text(computed);
    }
}
