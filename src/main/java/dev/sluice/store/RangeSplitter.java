package dev.sluice.store;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Divides rows into pieces of about the same size. Each piece lies in one of several given spans of keys.
 *
 * <p>For all rows, or the rows of all patients, index-only scans suffice: the index on the key contains the sizes and
 * the columns of the conditions.
 */
final class RangeSplitter {
    private RangeSplitter() {}

    /**
     * A piece.
     *
     * @param span the index of its span, from 0
     * @param range from its first row to its last
     * @param hasChanges whether any of its rows is newer than the given time, or replaced
     */
    record Piece(int span, KeyRange range, boolean hasChanges) {}

    /** The pieces, in order of keys. Each but the last one of its span has the given size, plus or minus one row. */
    static List<Piece> of(JdbcTemplate jdbc, RowQuery query, List<KeySpan> spans, long bytes, Instant quietSince) {
        String sql = String.format(
                Locale.ROOT,
                """
                select s.n, min(r.key), max(r.key), count(*), sum(r.size)::bigint, max(r.size), bool_or(r.hasChanges)
                from unnest(?::bigint[], ?::bigint[]) with ordinality as s(first, last, n)
                cross join lateral (
                    select key, size, hasChanges,
                           (sum(size) over (order by key rows unbounded preceding) - size) / ? as part
                    from (select * from (%s) rows where key between s.first and s.last) sizes) r
                group by s.n, r.part order by s.n, r.part""",
                query.selectByKey("key, " + query.size() + " as size, last_updated > " + RowQuery.literal(quietSince)
                        + " or superseded_at is not null as hasChanges"));
        return jdbc.query(
                sql,
                (row, n) -> new Piece(row.getInt(1) - 1, KeyRange.read(row, 2), row.getBoolean(7)),
                spans.stream().map(KeySpan::first).toArray(Long[]::new),
                spans.stream().map(KeySpan::last).toArray(Long[]::new),
                bytes);
    }
}
