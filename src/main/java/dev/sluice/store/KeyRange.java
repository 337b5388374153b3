package dev.sluice.store;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A range of one type's rows in insertion order, with the number and size of a query's rows in it.
 *
 * @param first the first key
 * @param last the last key, inclusive
 * @param rows the number of the query's rows in it
 * @param bytes the size of their NDJSON in bytes, newlines included
 * @param largest the size of the largest of them, in bytes; 0 = all are small
 */
public record KeyRange(long first, long last, long rows, long bytes, long largest) {
    /** The range of all keys, without counts. */
    public static final KeyRange ALL = new KeyRange(0, Long.MAX_VALUE, 0, 0, 0);

    /** Reads a range from five columns of a row, starting at this one. */
    public static KeyRange read(ResultSet row, int column) throws SQLException {
        return new KeyRange(
                row.getLong(column),
                row.getLong(column + 1),
                row.getLong(column + 2),
                row.getLong(column + 3),
                row.getLong(column + 4));
    }

    /** This range joined with a later one and all keys in between. */
    public KeyRange and(KeyRange next) {
        return new KeyRange(first, next.last, rows + next.rows, bytes + next.bytes, Math.max(largest, next.largest));
    }
}
