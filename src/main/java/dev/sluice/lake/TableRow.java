package dev.sluice.lake;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The values of one row. {@link TableWriter#write} takes them and leaves the row without any, so that one instance
 * serves all rows of a table. A column that is not set is null. For use by one thread.
 *
 * <p>Each method names the column by its place in the schema, from 0, and fails if the column has another type.
 */
public final class TableRow {
    private final TableSchema schema;
    private final @Nullable Object[] objects;
    private final long[] numbers;
    private final boolean[] set;

    TableRow(TableSchema schema) {
        int columns = schema.columns().size();
        this.schema = schema;
        this.objects = new @Nullable Object[columns];
        this.numbers = new long[columns];
        this.set = new boolean[columns];
    }

    /** Sets a text; null = the row has no value. */
    public void text(int column, @Nullable String value) {
        if (value == null) {
            set[column] = false;
        } else {
            object(column, ColumnType.STRING, Binary.fromConstantByteArray(value.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** Sets a text from its bytes in UTF-8, which must stay as they are until the row is written. */
    public void text(int column, byte[] utf8, int offset, int length) {
        object(column, ColumnType.STRING, Binary.fromReusedByteArray(utf8, offset, length));
    }

    /** Sets a list of texts; null = the row has no value. */
    public void texts(int column, @Nullable List<String> values) {
        if (values == null) {
            set[column] = false;
        } else {
            object(column, ColumnType.STRING_LIST, List.copyOf(values));
        }
    }

    public void integer(int column, int value) {
        number(column, ColumnType.INT, value);
    }

    public void longInteger(int column, long value) {
        number(column, ColumnType.LONG, value);
    }

    public void decimal(int column, double value) {
        number(column, ColumnType.DOUBLE, Double.doubleToRawLongBits(value));
    }

    public void flag(int column, boolean value) {
        number(column, ColumnType.BOOLEAN, value ? 1 : 0);
    }

    /** Sets an instant; null = the row has no value. Fractions of a microsecond are dropped. */
    public void timestamp(int column, @Nullable Instant value) {
        if (value == null) {
            set[column] = false;
        } else {
            long micros = Math.addExact(
                    Math.multiplyExact(value.getEpochSecond(), TimeUnit.SECONDS.toMicros(1)),
                    TimeUnit.NANOSECONDS.toMicros(value.getNano()));
            number(column, ColumnType.TIMESTAMP, micros);
        }
    }

    /** Sets a day; null = the row has no value. */
    public void date(int column, @Nullable LocalDate value) {
        if (value == null) {
            set[column] = false;
        } else {
            number(column, ColumnType.DATE, value.toEpochDay());
        }
    }

    void object(int column, ColumnType type, Object value) {
        require(column, type);
        objects[column] = value;
        set[column] = true;
    }

    /** Sets a value as Parquet has it. */
    void number(int column, ColumnType type, long value) {
        require(column, type);
        numbers[column] = value;
        set[column] = true;
    }

    private void require(int column, ColumnType type) {
        TableColumn actual = schema.columns().get(column);
        if (actual.type() != type) {
            throw new IllegalArgumentException(
                    "The column '" + actual.name() + "' has the type " + actual.type() + ", not " + type + ".");
        }
    }

    void writeTo(RecordConsumer consumer) {
        consumer.startMessage();
        for (int i = 0; i < set.length; i++) {
            TableColumn column = schema.columns().get(i);
            if (set[i]) {
                consumer.startField(column.name(), i);
                value(consumer, column.type(), i);
                consumer.endField(column.name(), i);
            } else if (!column.nullable()) {
                throw new IllegalStateException("The column '" + column.name() + "' must have a value in each row.");
            }
        }
        consumer.endMessage();
    }

    void clear() {
        Arrays.fill(objects, null);
        Arrays.fill(set, false);
    }

    private void value(RecordConsumer consumer, ColumnType type, int i) {
        switch (type) {
            case STRING -> consumer.addBinary((Binary) objects[i]);
            case STRING_LIST -> list(consumer, (List<?>) objects[i]);
            case INT, DATE -> consumer.addInteger((int) numbers[i]);
            case LONG, TIMESTAMP -> consumer.addLong(numbers[i]);
            case DOUBLE -> consumer.addDouble(Double.longBitsToDouble(numbers[i]));
            case BOOLEAN -> consumer.addBoolean(numbers[i] != 0);
        }
    }

    private static void list(RecordConsumer consumer, @Nullable List<?> values) {
        consumer.startGroup();
        if (values != null && !values.isEmpty()) {
            consumer.startField("list", 0);
            for (Object value : values) {
                consumer.startGroup();
                consumer.startField("element", 0);
                consumer.addBinary(Binary.fromString((String) value));
                consumer.endField("element", 0);
                consumer.endGroup();
            }
            consumer.endField("list", 0);
        }
        consumer.endGroup();
    }
}
