package dev.sluice.store;

import dev.sluice.fhir.ResourceType;
import java.nio.ByteBuffer;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The sealed segments: which of them show the rows of a query exactly.
 *
 * <p>A segment shows a moment at or after the one as of which it was made, if none of its keys changed in between: up to
 * {@code clean_until} the sealing has looked, after that the reader looks.
 */
final class Segments {
    /** If more rows than this have changed since the sealing looked, it is not worth looking which segments are left. */
    private static final int MOST_CHANGES = 100_000;

    /** Stands for the lines of a segment where there is none, but a key that has changed. */
    private static final int CHANGED = -1;

    private Segments() {}

    /**
     * Those that lie in the range and hold just the rows of the query, in order of keys. They, and what has changed, are
     * read by one statement, hence of one state of the database.
     */
    static List<KeyRange> usable(JdbcTemplate jdbc, RowQuery query, KeyRange range) {
        if (!query.mayBeSealed()) {
            return List.of();
        }
        ResourceType type = query.type();
        String cleanUntil = "(select clean_until from sealing where type = '" + type + "')";
        String sql = "select key, key, " + CHANGED + ", 0 from ("
                + changed(type, cleanUntil, query.asOf()) + " limit " + (MOST_CHANGES + 1) + ") changed"
                + " union all select first_key, last_key, lines, bytes from segment where type = '" + type
                + "' and first_key >= " + range.first() + " and last_key <= " + range.last() + " and as_of <= "
                + RowQuery.literal(query.asOf()) + query.sealed() + " and " + cleanUntil + " is not null"
                + " order by 1, 3 desc";
        return untouched(jdbc.query(sql, (row, n) -> KeyRange.read(row, 1)));
    }

    /** Segments without those of which a key has changed; a key comes after the segment that it is of. */
    private static List<KeyRange> untouched(List<KeyRange> segmentsAndKeys) {
        List<KeyRange> untouched = new ArrayList<>();
        long keys = 0;
        for (KeyRange next : segmentsAndKeys) {
            if (next.rows() != CHANGED) {
                untouched.add(next);
                continue;
            }
            keys++;
            int last = untouched.size() - 1;
            if (last >= 0 && next.first() <= untouched.get(last).last()) {
                untouched.remove(last);
            }
        }
        return keys > MOST_CHANGES ? List.of() : untouched;
    }

    /** Until when the segments of a type are known to have changed in none of their keys; null if it has none. */
    static @Nullable Instant cleanUntil(JdbcTemplate jdbc, ResourceType type) {
        return jdbc
                .query(
                        "select clean_until from sealing where type = ?",
                        (row, n) -> row.getTimestamp(1).toInstant(),
                        type.name())
                .stream()
                .findFirst()
                .orElse(null);
    }

    /** Removes the segments of a type of which a key changed after one moment and not after another. */
    static void removeChanged(JdbcTemplate jdbc, ResourceType type, Instant after, Instant until) {
        long[] changed = jdbc.queryForList(changed(type, RowQuery.literal(after), until), Long.class).stream()
                .mapToLong(Long::longValue)
                .sorted()
                .toArray();
        remove(
                jdbc,
                type,
                all(jdbc, type).stream()
                        .filter(segment -> isAnyOf(segment, changed))
                        .map(KeyRange::first)
                        .toList());
    }

    /** The segments of a type, in order of keys. */
    static List<KeyRange> all(JdbcTemplate jdbc, ResourceType type) {
        return jdbc.query(
                "select first_key, last_key, lines, bytes from segment where type = ? order by first_key",
                (row, n) -> KeyRange.read(row, 1),
                type.name());
    }

    /**
     * Keys of segments that changed, as SQL: rows that were replaced, and rows that came so late that others of higher keys
     * were sealed before. Both are found by an index.
     *
     * @param after an expression: changed after it
     */
    private static String changed(ResourceType type, String after, Instant until) {
        String table = RowQuery.everything(type, until).table();
        String between = "%1$s > " + after + " and %1$s <= " + RowQuery.literal(until);
        return "select key from " + table + " where " + String.format(Locale.ROOT, between, "superseded_at")
                + " union all select key from "
                + table + " where " + String.format(Locale.ROOT, between, "last_updated")
                + " and key <= (select max(last_key) from segment where type = '" + type + "')";
    }

    /** Whether any of the keys, which ascend, is of the segment. */
    private static boolean isAnyOf(KeyRange segment, long[] keys) {
        int place = Arrays.binarySearch(keys, segment.first());
        int next = place >= 0 ? place : -place - 1;
        return next < keys.length && keys[next] <= segment.last();
    }

    /** Notes until when no key of the segments of a type has changed. */
    static void noteClean(JdbcTemplate jdbc, ResourceType type, Instant until) {
        jdbc.update(
                "insert into sealing (type, clean_until) values (?, ?)"
                        + " on conflict (type) do update set clean_until = excluded.clean_until",
                type.name(),
                Timestamp.from(until));
    }

    /** Removes segments: their rows are read in their place, and sealed anew. */
    static void remove(JdbcTemplate jdbc, ResourceType type, List<Long> firstKeys) {
        jdbc.update(
                "delete from segment where type = ? and first_key = any(?::bigint[])",
                type.name(),
                firstKeys.toArray(Long[]::new));
    }

    /** What tells whether the compressed lines, and the CRC-32 of the lines, are as they were written. */
    static int checksum(byte[] buffer, int offset, int length, int crc32) {
        CRC32C checksum = new CRC32C();
        checksum.update(buffer, offset, length);
        checksum.update(ByteBuffer.allocate(Integer.BYTES).putInt(crc32).flip());
        return (int) checksum.getValue();
    }

    /** The segments of a run, as a query: first key, lines, their bytes and CRC-32, their compressed form and its checksum. */
    static String select(ResourceType type, KeySpan run) {
        return "select first_key, lines, bytes, crc32, deflated, checksum from segment where type = '" + type
                + "' and first_key between " + run.first() + " and " + run.last() + " order by first_key";
    }
}
