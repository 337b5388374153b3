package dev.sluice.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.fhir.FhirJson;
import dev.sluice.json.JsonOutput;
import dev.sluice.json.JsonTape;
import dev.sluice.view.ViewRow.RowSink;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes rows as CSV. A column without a value is empty, and an empty text is {@code ""}. The only column of a view is never
 * empty, since readers skip empty lines: without a value it is {@code ""} too. Collections and elements that are not primitive
 * are JSON. For use by one thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4180">RFC 4180</a>
 */
public final class CsvRows implements RowSink {
    private static final byte[] END = "\r\n".getBytes(UTF_8);
    private static final byte[] EMPTY = "\"\"".getBytes(UTF_8);

    private final JsonOutput out;
    private final List<ViewColumn> columns;
    private final int most;
    private final JsonOutput json = new JsonOutput();
    private final RowText text;

    /** Writes rows of resources one after the other, where the rows of each are taken from the output before the next. */
    public CsvRows(List<ViewColumn> columns, JsonOutput out) {
        this(columns, out, FhirJson.MAX_RESOURCE_BYTES);
    }

    /** @param most bytes that the output may have; a row that leads to more is refused while it is written */
    public CsvRows(List<ViewColumn> columns, JsonOutput out, int most) {
        this.columns = columns;
        this.out = out;
        this.most = most;
        this.text = new RowText(json, most);
    }

    /** The line of the names of the columns. */
    public static byte[] header(List<ViewColumn> columns) {
        return (columns.stream().map(ViewColumn::name).collect(Collectors.joining(",")) + "\r\n").getBytes(UTF_8);
    }

    @Override
    public void row(ViewRow row) {
        int begin = out.size();
        RowText.reserve(out, columns.size() + END.length, most); // a row without values is long too
        for (int i = 0; i < columns.size(); i++) {
            if (i > 0) {
                out.put(',');
            }
            column(row, i);
        }
        if (out.size() == begin) {
            out.put(EMPTY);
        }
        out.put(END);
    }

    private void column(ViewRow row, int column) {
        ViewColumn definition = columns.get(column);
        if (definition.collection() || definition.type() == ViewColumnType.JSON) {
            if ((definition.collection() && !row.isAbsent(column)) || !row.isNull(column)) {
                json.clear();
                text.json(row, column, definition.collection());
                field(json.bytes(), 0, json.size());
            }
        } else if (!row.isNull(column)) {
            JsonTape tape = row.tape();
            int node = row.node(column, 0);
            if (node >= 0 && !tape.isEscaped(node)) {
                int quote = tape.kind(node) == JsonTape.STRING ? 1 : 0;
                field(tape.json(), tape.start(node) + quote, tape.end(node) - quote);
            } else {
                byte[] value = RowText.text(row, column).getBytes(UTF_8);
                field(value, 0, value.length);
            }
        }
    }

    private void field(byte[] bytes, int from, int to) {
        RowText.reserve(out, to - from, most);
        if (from < to && isPlain(bytes, from, to)) {
            out.put(bytes, from, to);
            return;
        }
        out.put('"');
        int done = from;
        for (int i = from; i < to; i++) {
            if (bytes[i] == '"') {
                out.put(bytes, done, i + 1);
                done = i; // the quote is written again
            }
        }
        out.put(bytes, done, to);
        out.put('"');
        RowText.reserve(out, 0, most);
    }

    private static boolean isPlain(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b == '"' || b == ',' || b == '\n' || b == '\r') {
                return false;
            }
        }
        return bytes[from] != ' ' && bytes[to - 1] != ' ';
    }
}
