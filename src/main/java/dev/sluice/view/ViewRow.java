package dev.sluice.view;

import dev.sluice.json.JsonOutput;
import dev.sluice.json.JsonTape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of a view: for each column, its values. A value is an element of the resource, whose JSON is a node of the tape, or a
 * computed Boolean, Integer, BigDecimal, String or text of a time. For use by one thread.
 */
public final class ViewRow {
    /** Takes the rows of a view. */
    public interface RowSink {
        /**
         * Takes a row, which changes after the call.
         *
         * @throws ViewRowException if it cannot be written
         */
        void row(ViewRow row);
    }

    private final List<ViewColumn> columns;
    private final List<Items> values;
    private final Focus focus;

    ViewRow(List<ViewColumn> columns, List<Items> values, Focus focus) {
        this.columns = columns;
        this.values = values;
        this.focus = focus;
    }

    public List<ViewColumn> columns() {
        return columns;
    }

    /** The resource. */
    public JsonTape tape() {
        return focus.tape;
    }

    /** How many values a column has; elements without a value count. */
    public int size(int column) {
        return values.get(column).size();
    }

    /** The node of a value; negative if it is computed or has no value. */
    public int node(int column, int i) {
        return values.get(column).node(i);
    }

    /** A computed value; null if it is an element. A time is a text. */
    public @Nullable Object computed(int column, int i) {
        Object value = values.get(column).computed(i);
        return value instanceof TemporalValue time ? time.toString() : value;
    }

    /** The text of a column that is no collection and not null, or how its value is spelled. */
    public String text(int column) {
        return RowText.text(this, column);
    }

    /**
     * Writes the value of a column as JSON, or the array of its values.
     *
     * @param most bytes of the output
     * @throws ViewRowException if the output would be larger
     */
    public void json(int column, JsonOutput out, int most) {
        new RowText(out, most).json(this, column, columns.get(column).collection());
    }

    /** Says how many bytes have been written of the rows of the resource, before more of them are. */
    public void written(int bytes) {
        focus.written(bytes);
    }

    /** Whether a row has no element of which a column could have values, as forEachOrNull can have it. */
    public boolean isAbsent(int column) {
        return values.get(column).isAbsent();
    }

    /** Whether a column that is no collection has no value. */
    public boolean isNull(int column) {
        Items items = values.get(column);
        return items.isEmpty() || (items.computed(0) == null && items.node(0) < 0);
    }
}
