package dev.sluice.store;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Cuts rows into pieces of about one size, each in one of several stretches of keys.
 *
 * <p>Of everything, or of all patients, it is answered by indexes alone: bytes and the columns of the conditions are in the
 * one on key.
 */
final class RangeSplitter {
    private RangeSplitter() {}

    /**
     * A piece.
     *
     * @param stretch the number of its stretch, from 0
     * @param range from its first row to its last
     * @param restless whether any of its rows is newer than asked for, or replaced
     */
    record Piece(int stretch, KeyRange range, boolean restless) {}

    /** The pieces, in order of keys; each but the last one of its stretch has the bytes, give or take one row. */
    static List<Piece> of(JdbcTemplate jdbc, RowQuery query, List<KeySpan> stretches, long bytes, Instant quietSince) {
        String sql = String.format(
                Locale.ROOT,
                """
                select s.n, min(r.key), max(r.key), count(*), sum(r.size)::bigint, bool_or(r.restless)
                from unnest(?::bigint[], ?::bigint[]) with ordinality as s(first, last, n)
                cross join lateral (
                    select key, size, restless,
                           (sum(size) over (order by key rows unbounded preceding) - size) / ? as part
                    from (select * from (%s) rows where key between s.first and s.last) sizes) r
                group by s.n, r.part order by s.n, r.part""",
                query.selectByKey("key, " + query.size() + " as size, last_updated > " + RowQuery.literal(quietSince)
                        + " or superseded_at is not null as restless"));
        return jdbc.query(
                sql,
                (row, n) -> new Piece(row.getInt(1) - 1, KeyRange.read(row, 2), row.getBoolean(6)),
                stretches.stream().map(KeySpan::first).toArray(Long[]::new),
                stretches.stream().map(KeySpan::last).toArray(Long[]::new),
                bytes);
    }
}
