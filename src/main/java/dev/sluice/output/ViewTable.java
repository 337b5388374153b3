package dev.sluice.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.blob.BlobWriter;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirJson;
import dev.sluice.json.JsonOutput;
import dev.sluice.json.JsonTape;
import dev.sluice.lake.ColumnType;
import dev.sluice.lake.TableRow;
import dev.sluice.lake.TableSchema;
import dev.sluice.lake.TableStatistics;
import dev.sluice.lake.TableWriter;
import dev.sluice.store.SealedLines;
import dev.sluice.view.ViewColumn;
import dev.sluice.view.ViewRow;
import dev.sluice.view.ViewRowException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Holds rows of a view for a table in Parquet. A value that the type of its column in {@link ViewColumns} cannot have
 * spoils its resource, as it does for any value that does not fit its column.
 */
final class ViewTable implements ViewRows {
    private static final int CELLS = 1 << 8;
    private static final int DATE_LENGTH = 10;

    /** Characters of a number; one that a view computes has at most as many. */
    private static final int LONGEST_NUMBER = 500;

    private static final int LONGEST_WHOLE = 40;

    /** More cells than this are not kept for the next resource. */
    private static final int MOST_KEPT = 1 << 16;

    /** Cells of one resource. Nine bytes each are held, and twice as many while there come to be more of them. */
    private static final int MOST_CELLS = 1 << 20;

    private final List<ViewColumn> columns;
    private final TableSchema schema;

    /** The texts of all cells, one after the other. */
    private final JsonOutput texts = new JsonOutput();

    /** Of a text, where it ends; of a number, a time or a boolean, its bits. */
    private long[] cells = new long[CELLS];

    private boolean[] present = new boolean[CELLS];
    private int size;

    ViewTable(List<ViewColumn> columns) {
        this.columns = columns;
        this.schema = ViewColumns.schema(columns);
    }

    @Override
    public LineTarget target(BlobWriter blob) {
        return new Target(TableWriter.to(blob, schema));
    }

    @Override
    public void begin(LineTarget file) {
        // the schema is at the end
    }

    @Override
    public void clear() {
        texts.clear();
        if (texts.bytes().length > MOST_KEPT) {
            texts.release();
        }
        size = 0;
        if (cells.length > MOST_KEPT) {
            cells = new long[CELLS];
            present = new boolean[CELLS];
        }
    }

    @Override
    public void row(ViewRow row) {
        if (size + columns.size() > MOST_CELLS) {
            throw new ViewRowException("its rows have together more than " + MOST_CELLS + " values");
        }
        if (size + columns.size() > cells.length) {
            int larger = Math.max(2 * cells.length, size + columns.size());
            cells = Arrays.copyOf(cells, larger);
            present = Arrays.copyOf(present, larger);
        }
        for (int i = 0; i < columns.size(); i++) {
            boolean hasValue = columns.get(i).collection() ? !row.isAbsent(i) : !row.isNull(i);
            present[size] = hasValue;
            cells[size++] = hasValue ? cell(row, i) : texts.size();
        }
    }

    private long cell(ViewRow row, int column) {
        ViewColumn definition = columns.get(column);
        switch (schema.columns().get(column).type()) {
            case BOOLEAN -> {
                return row.text(column).equals("true") ? 1 : 0;
            }
            case INT -> {
                return whole(row, column, Integer.MIN_VALUE, Integer.MAX_VALUE);
            }
            case LONG -> {
                return whole(row, column, Long.MIN_VALUE, Long.MAX_VALUE);
            }
            case DOUBLE -> {
                return Double.doubleToRawLongBits(number(row, column));
            }
            case TIMESTAMP -> {
                return micros(row, column);
            }
            default -> text(row, column, definition);
        }
        return texts.size();
    }

    private void text(ViewRow row, int column, ViewColumn definition) {
        row.written(texts.size());
        int node = definition.collection() ? -1 : row.node(column, 0);
        if (definition.collection() || (node >= 0 && row.tape().kind(node) != JsonTape.STRING)) {
            row.json(column, texts, FhirJson.MAX_RESOURCE_BYTES);
            return;
        }
        byte[] value;
        int from = 0;
        int to;
        if (node >= 0 && !row.tape().isEscaped(node)) {
            value = row.tape().json();
            from = row.tape().start(node) + 1;
            to = row.tape().end(node) - 1;
        } else {
            value = row.text(column).getBytes(UTF_8);
            to = value.length;
        }
        if ((long) texts.size() + to - from > FhirJson.MAX_RESOURCE_BYTES) {
            throw new ViewRowException(
                    "its rows are together larger than " + (FhirJson.MAX_RESOURCE_BYTES >> 20) + " MB");
        }
        texts.put(value, from, to);
    }

    private double number(ViewRow row, int column) {
        ViewColumn definition = columns.get(column);
        String text = row.text(column);
        double value = text.length() > LONGEST_NUMBER ? Double.NaN : Double.parseDouble(text);
        if (!Double.isFinite(value)) {
            throw unfit(definition, "too large or too long for a double");
        }
        if (value == 0 && isNotZero(text)) {
            throw unfit(definition, "too small for a double");
        }
        return value;
    }

    /** Whether a number has a digit other than 0 before its exponent. */
    private static boolean isNotZero(String text) {
        for (int i = 0; i < text.length() && text.charAt(i) != 'e' && text.charAt(i) != 'E'; i++) {
            if (text.charAt(i) >= '1' && text.charAt(i) <= '9') {
                return true;
            }
        }
        return false;
    }

    private long whole(ViewRow row, int column, long least, long most) {
        String text = row.text(column);
        try {
            // to read a number takes the square of its length
            if (text.length() <= LONGEST_WHOLE) {
                long value = new BigDecimal(text).longValueExact();
                if (value >= least && value <= most) {
                    return value;
                }
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // it is not whole, or too large
        }
        throw unfit(columns.get(column), "no whole number of its size");
    }

    private long micros(ViewRow row, int column) {
        String text = row.text(column);
        Optional<FhirInstant.Span> time = text.length() > DATE_LENGTH ? FhirInstant.parse(text) : Optional.empty();
        Instant instant =
                time.orElseThrow(() -> unfit(columns.get(column), "no instant")).from();
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
    }

    private static ViewRowException unfit(ViewColumn column, String what) {
        return new ViewRowException("the column '" + column.name() + "' has a value that is " + what
                + ", so it is not in a table; write it as text by toString()");
    }

    @Override
    public void take(LineTarget file) {
        if (!(file instanceof Target target)) {
            throw new IllegalArgumentException("Rows of a table are written to a table.");
        }
        int at = 0;
        int from = 0;
        while (at < size) {
            for (int i = 0; i < columns.size(); i++, at++) {
                ColumnType type = schema.columns().get(i).type();
                boolean isText = type == ColumnType.STRING || type == ColumnType.STRING_LIST;
                if (present[at]) {
                    set(target.table.row(), i, type, cells[at], from);
                }
                from = isText ? (int) cells[at] : from;
            }
            target.table.write();
        }
        clear();
    }

    private void set(TableRow row, int column, ColumnType type, long cell, int from) {
        switch (type) {
            case STRING -> row.text(column, texts.bytes(), from, (int) cell - from);
            case STRING_LIST -> row.texts(column, list(from, (int) cell));
            case INT -> row.integer(column, (int) cell);
            case LONG -> row.longInteger(column, cell);
            case DOUBLE -> row.decimal(column, Double.longBitsToDouble(cell));
            case BOOLEAN -> row.flag(column, cell != 0);
            default -> row.timestamp(column, instant(cell));
        }
    }

    private static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
    }

    /** Elements that have only extensions are no texts. */
    private List<String> list(int from, int to) {
        return FhirJson.stored(texts.bytes(), from, to)
                .valueStream()
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .toList();
    }

    /** A table while it is written. */
    private static final class Target implements LineTarget {
        private final TableWriter table;

        Target(TableWriter table) {
            this.table = table;
        }

        @Override
        public void line(byte[] buffer, int offset, int length) {
            throw new IllegalStateException("A table of a view has rows, not lines.");
        }

        @Override
        public void part(byte[] buffer, int offset, int length) {
            line(buffer, offset, length);
        }

        @Override
        public void end() {
            throw new IllegalStateException("A table of a view has rows, not lines.");
        }

        @Override
        public void lines(SealedLines sealed) {
            throw new IllegalStateException("A table of a view has rows, not lines.");
        }

        @Override
        public void finish() {
            table.finish();
        }

        @Override
        public TableStatistics statistics() {
            return table.statistics();
        }

        @Override
        public void close() {
            table.close();
        }
    }
}
