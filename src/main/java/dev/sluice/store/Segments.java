package dev.sluice.store;

import dev.sluice.fhir.ResourceType;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Finds and reads the sealed segments that hold exactly the rows of a query.
 *
 * <p>A segment is valid as of a time at or after its creation if none of its keys changed in between. The sealing has
 * checked this up to {@code unchanged_until}; the reader checks the time after it.
 */
final class Segments {
    /**
     * If more rows than this have changed since the last check, it is not worthwhile to check which segments are still
     * valid.
     */
    private static final int MOST_CHANGES = 100_000;

    /** The patients of so many lines are in memory at a time. */
    private static final int MOST_PATIENTS = 20_000;

    /** The rows of a result that are in memory at a time. */
    private static final int FETCHED = 10_000;

    /** Marks a row of the result that is not a segment but a key that has changed. */
    private static final int CHANGED = -1;

    private Segments() {}

    /**
     * The segments in the range that hold exactly the rows of the query, in order of keys. One statement reads the
     * segments and the changed keys, so that both come from one state of the database.
     */
    static List<KeyRange> usable(JdbcTemplate jdbc, RowQuery query, KeyRange range) {
        return joined(jdbc, query, range, 0);
    }

    /**
     * The same, with adjacent segments joined up to this size in bytes, since a large type has millions. Call it in a
     * transaction: then they are read some at a time.
     */
    static List<KeyRange> joined(JdbcTemplate jdbc, RowQuery query, KeyRange range, long bytes) {
        if (!query.mayBeSealed()) {
            return List.of();
        }
        ResourceType type = query.type();
        String unchangedUntil = "(select unchanged_until from segment_check where type = '" + type + "')";
        String sql = "select key, key, " + CHANGED + ", 0, 0 from ("
                + changed(type, unchangedUntil, query.asOf()) + " limit " + (MOST_CHANGES + 1) + ") changed"
                + " union all select first_key, last_key, lines, bytes, 0 from segment where type = '" + type
                + "' and first_key >= " + range.first() + " and last_key <= " + range.last() + " and as_of <= "
                + RowQuery.literal(query.asOf()) + query.sealed() + " and " + unchangedUntil + " is not null"
                + " order by 1, 3 desc";
        Untouched untouched = new Untouched(bytes);
        jdbc.query(
                connection -> {
                    PreparedStatement statement = connection.prepareStatement(sql);
                    statement.setFetchSize(FETCHED);
                    return statement;
                },
                row -> {
                    untouched.add(KeyRange.read(row, 1));
                });
        return untouched.ranges();
    }

    /** Leaves out the segments of which a key has changed; a key follows the segment to which it belongs. */
    private static final class Untouched {
        private final long joinedBytes;
        private final List<KeyRange> ranges = new ArrayList<>();
        private long changedKeys;
        private @Nullable KeyRange last;

        Untouched(long joinedBytes) {
            this.joinedBytes = joinedBytes;
        }

        void add(KeyRange next) {
            if (next.rows() != CHANGED) {
                take();
                last = next;
                return;
            }
            changedKeys++;
            if (last != null && next.first() <= last.last()) {
                last = null;
            }
        }

        private void take() {
            if (last == null) {
                return;
            }
            KeyRange before = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
            if (before != null && before.last() + 1 == last.first() && before.bytes() + last.bytes() <= joinedBytes) {
                ranges.set(ranges.size() - 1, before.and(last));
            } else {
                ranges.add(last);
            }
            last = null;
        }

        List<KeyRange> ranges() {
            take();
            return changedKeys > MOST_CHANGES ? List.of() : ranges;
        }
    }

    /** The spans of keys of a type that no segment covers, in order of keys. */
    static List<KeySpan> open(JdbcTemplate jdbc, ResourceType type) {
        String of = " from segment where type = '" + type + "'";
        return jdbc.query(
                "select first, last from (select coalesce(lag(last_key) over (order by first_key) + 1, "
                        + KeyRange.ALL.first() + ") as first, first_key - 1 as last" + of
                        + " union all select coalesce(max(last_key) + 1, " + KeyRange.ALL.first() + "), "
                        + KeyRange.ALL.last() + of + ") gap where first <= last order by first",
                (row, n) -> new KeySpan(row.getLong(1), row.getLong(2), List.of()));
    }

    /** The time up to which no key of a type's segments has changed; null if it has no segments. */
    static @Nullable Instant unchangedUntil(JdbcTemplate jdbc, ResourceType type) {
        return jdbc
                .query(
                        "select unchanged_until from segment_check where type = ?",
                        (row, n) -> row.getTimestamp(1).toInstant(),
                        type.name())
                .stream()
                .findFirst()
                .orElse(null);
    }

    /** Removes the segments of a type of which a key changed after one time and at or before another. */
    static void removeChanged(JdbcTemplate jdbc, ResourceType type, Instant after, Instant until) {
        jdbc.update("delete from segment where type = '" + type + "' and first_key in (select s.first_key from ("
                + changed(type, RowQuery.literal(after), until)
                + ") c (key) cross join lateral (select first_key, last_key from segment where type = '" + type
                + "' and first_key <= c.key order by first_key desc limit 1) s where s.last_key >= c.key)");
    }

    /**
     * The keys of segments that changed, as SQL: rows that were replaced, and rows that were committed after rows with
     * higher keys had been sealed. An index finds both.
     *
     * @param after an SQL expression; rows that changed after it are selected
     */
    private static String changed(ResourceType type, String after, Instant until) {
        String table = RowQuery.everything(type, until).table();
        String between = "%1$s > " + after + " and %1$s <= " + RowQuery.literal(until);
        return "select key from " + table + " where " + String.format(Locale.ROOT, between, "superseded_at")
                + " union all select key from "
                + table + " where " + String.format(Locale.ROOT, between, "last_updated")
                + " and key <= (select max(last_key) from segment where type = '" + type + "')";
    }

    /** Records the time up to which no key of a type's segments has changed. */
    static void recordUnchanged(JdbcTemplate jdbc, ResourceType type, Instant until) {
        jdbc.update(
                "insert into segment_check (type, unchanged_until) values (?, ?)"
                        + " on conflict (type) do update set unchanged_until = excluded.unchanged_until",
                type.name(),
                Timestamp.from(until));
    }

    /** Removes segments. Their rows are read instead, and sealed again later. */
    static void remove(JdbcTemplate jdbc, ResourceType type, List<Long> firstKeys) {
        jdbc.update(
                "delete from segment where type = ? and first_key = any(?::bigint[])",
                type.name(),
                firstKeys.toArray(Long[]::new));
    }

    /** The checksum of the compressed lines and of the CRC-32 of the lines. */
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

    /** Passes the segments of a span to the sink, and returns the number of their lines. */
    static long read(ReadConnection connection, RowQuery query, KeySpan span, RowStream.Sink sink) throws SQLException {
        long[] lines = new long[1];
        List<Long> damaged = new ArrayList<>();
        connection.copy(select(query.type(), span), 6, (message, at) -> {
            ByteBuffer numbers = ByteBuffer.wrap(message);
            int crc32 = numbers.getInt(at[6]);
            if (checksum(message, at[8], at[9], crc32) != numbers.getInt(at[10])) {
                damaged.add(numbers.getLong(at[0]));
            }
            if (damaged.isEmpty()) {
                int count = numbers.getInt(at[2]);
                int bytes = Math.toIntExact(numbers.getLong(at[4]));
                sink.lines(new SealedLines(message, at[8], at[9], count, bytes, crc32));
                lines[0] += count;
            }
        });
        if (!damaged.isEmpty()) {
            throw new Damaged(query.type(), damaged);
        }
        return lines[0];
    }

    /**
     * Passes each resource of a sealed span to the sink with its patient, and returns their number. The patients are those
     * of the rows, whose bodies are not read.
     */
    static long readWithPatients(ReadConnection connection, RowQuery query, KeySpan span, RowStream.PatientSink sink)
            throws SQLException {
        long rows = 0;
        for (KeySpan part : span.parts(MOST_PATIENTS)) {
            RowStream.PatientIds ids = new RowStream.PatientIds();
            List<@Nullable String> patients = new ArrayList<>();
            connection.copy(
                    RowStream.select(RowStream.PATIENT, query, part),
                    1,
                    (message, at) -> patients.add(ids.id(message, at[0], at[1])));
            if (patients.size() != part.lines()) {
                throw new Damaged(
                        query.type(),
                        part.segments().stream().map(KeyRange::first).toList());
            }
            Iterator<@Nullable String> next = patients.iterator();
            rows += read(
                    connection,
                    query,
                    part,
                    (buffer, offset, length) -> sink.row(next.next(), false, buffer, offset, length));
        }
        return rows;
    }

    /** Thrown if segments are damaged. */
    static final class Damaged extends TransientDataAccessResourceException {
        private final transient ResourceType type;
        private final transient List<Long> firstKeys;

        Damaged(ResourceType type, List<Long> firstKeys) {
            super("In the database, " + firstKeys.size() + " sealed segments of " + type
                    + " were damaged. They are removed;"
                    + " at the next try their rows are read in their place. Have the disk and the memory checked.");
            this.type = type;
            this.firstKeys = firstKeys;
        }

        ResourceType type() {
            return type;
        }

        List<Long> firstKeys() {
            return firstKeys;
        }
    }
}
