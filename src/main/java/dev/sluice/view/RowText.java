package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.json.JsonOutput;
import dev.sluice.json.JsonTape;

/** Writes values of rows as JSON, and as the text that they are. It bounds what it writes. For use by one thread. */
final class RowText {
    private static final byte[] NULL = "null".getBytes(UTF_8);

    private final JsonOutput out;
    private final int most;

    /** @param most bytes of the output */
    RowText(JsonOutput out, int most) {
        this.out = out;
        this.most = most;
    }

    /**
     * Returns if this many more bytes may be written.
     *
     * @throws ViewRowException if they may not
     */
    static void reserve(JsonOutput out, long more, int most) {
        if (out.size() + more > most) {
            throw new ViewRowException("its rows are together larger than " + (most >> 20) + " MB");
        }
    }

    /** Writes the value of a column, or the array of its values. */
    void json(ViewRow row, int column, boolean collection) {
        row.written(out.size());
        if (!collection || row.isAbsent(column)) {
            if (row.isNull(column)) {
                put(NULL);
            } else {
                value(row, column, 0);
            }
            return;
        }
        out.put('[');
        int size = row.size(column);
        for (int i = 0; i < size; i++) {
            if (i > 0) {
                out.put(',');
            }
            value(row, column, i);
        }
        out.put(']');
    }

    /** Writes text that is JSON. */
    void put(byte[] text) {
        reserve(out, text.length, most);
        out.put(text);
    }

    private void value(ViewRow row, int column, int i) {
        int node = row.node(column, i);
        Object computed = row.computed(column, i);
        if (node >= 0) {
            JsonTape tape = row.tape();
            reserve(out, tape.end(node) - tape.start(node), most);
            out.put(tape.json(), tape.start(node), tape.end(node));
        } else if (computed instanceof String text) {
            reserve(out, text.length(), most);
            out.string(text);
            reserve(out, 0, most); // escapes make it longer
        } else if (computed != null) {
            raw(SystemValues.text(computed));
        } else {
            put(NULL);
        }
    }

    private void raw(String text) {
        reserve(out, text.length(), most);
        out.raw(text);
    }

    /** The value of a column that is no collection and not null, without quotes. */
    static String text(ViewRow row, int column) {
        Object computed = row.computed(column, 0);
        return computed == null ? row.tape().text(row.node(column, 0)) : SystemValues.text(computed);
    }
}
