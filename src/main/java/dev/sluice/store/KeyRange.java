package dev.sluice.store;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A stretch of one type's rows in insertion order, and what a query finds in it.
 *
 * @param first the first key
 * @param last the last key, inclusive
 * @param rows how many rows of the query lie in it
 * @param bytes their NDJSON, in bytes, newlines included
 */
public record KeyRange(long first, long last, long rows, long bytes) {
    /** Every key; what lies in it is not counted. */
    public static final KeyRange ALL = new KeyRange(0, Long.MAX_VALUE, 0, 0);

    /** A range in four columns of a row, from this one on. */
    public static KeyRange read(ResultSet row, int column) throws SQLException {
        return new KeyRange(
                row.getLong(column), row.getLong(column + 1), row.getLong(column + 2), row.getLong(column + 3));
    }

    /** This range with one that comes after it, and all keys in between. */
    KeyRange and(KeyRange next) {
        return new KeyRange(first, next.last, rows + next.rows, bytes + next.bytes);
    }
}
