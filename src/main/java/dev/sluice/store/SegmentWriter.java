package dev.sluice.store;

import dev.sluice.fhir.ResourceType;
import dev.sluice.json.ZlibBuffers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Writes and removes sealed segments. Changes run in the caller's transaction and hold a lock that excludes other
 * processes that seal, and the {@link VersionSweep}.
 */
@Component
class SegmentWriter {
    private final JdbcTemplate jdbc;

    SegmentWriter(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** The spans of keys of a type that no segment covers, in order of keys. */
    List<KeySpan> open(ResourceType type) {
        return Segments.open(jdbc, type);
    }

    /**
     * The state of a type that shows whether it must be sealed again.
     *
     * @param newest the time of its last change; the minimum if it never changed
     * @param segments the number of its segments
     */
    record State(Instant newest, long segments) {}

    /** The state of a type, determined without reading its rows. */
    State state(ResourceType type) {
        return jdbc.query(
                        "select coalesce(max(last_updated), to_timestamp(0)),"
                                + " (select count(*) from segment where type = ?) from "
                                + RowQuery.everything(type, Instant.EPOCH).table(),
                        (row, n) -> new State(row.getTimestamp(1).toInstant(), row.getLong(2)),
                        type.name())
                .get(0);
    }

    /** The age of the oldest row of these types that was written after their segments were checked; zero if there is none. */
    Duration oldestUnseen(List<ResourceType> types) {
        Double seconds = jdbc.queryForObject(
                "select extract(epoch from clock_timestamp() - min(unseen.written))::float8 from unnest(?::text[]) used (type)"
                        + " left join segment_check c on c.type = used.type cross join lateral"
                        + " (select min(r.last_updated) as written from resource r where r.type = used.type"
                        + " and r.last_updated > coalesce(c.unchanged_until, '-infinity')) unseen",
                Double.class,
                (Object) types.stream().map(ResourceType::name).toArray(String[]::new));
        return seconds == null ? Duration.ZERO : Duration.ofMillis(Math.max(0, (long) (seconds * 1_000)));
    }

    /** Divides the rows of some spans into pieces of about a size; see {@link RangeSplitter}. */
    List<RangeSplitter.Piece> cut(RowQuery query, List<KeySpan> spans, long bytes, Instant quietSince) {
        return RangeSplitter.of(jdbc, query, spans, bytes, quietSince);
    }

    /**
     * Removes the segments of a type of which a key changed up to a time, and records that the remaining segments are
     * valid as of it.
     *
     * @param closed a closed timestamp
     * @return false if another process is at it
     */
    boolean removeChanged(ResourceType type, Instant closed) {
        if (!VersionSweep.lock(jdbc)) {
            return false;
        }
        Instant before = Segments.unchangedUntil(jdbc, type);
        if (before != null && before.isAfter(closed)) {
            return false;
        }
        if (before == null) { // it is unknown how long segments without a record were valid
            jdbc.update("delete from segment where type = ?", type.name());
        } else {
            Segments.removeChanged(jdbc, type, before, closed);
        }
        Segments.recordUnchanged(jdbc, type, closed);
        return true;
    }

    /**
     * Seals some of the rows of a query, which must be as of the timestamp that was passed to {@link #removeChanged}.
     *
     * @param keys the keys of each segment, with its number of rows and bytes; without rows they go to the segment
     *     before
     * @return the number of rows; -1 if another process is at it
     */
    long write(RowQuery query, List<KeyRange> keys) {
        ResourceType type = query.type();
        if (!VersionSweep.lock(jdbc) || !query.asOf().equals(Segments.unchangedUntil(jdbc, type))) {
            return -1;
        }
        long rows = 0;
        List<Object[]> segments = new ArrayList<>();
        for (KeyRange range : keys) {
            if (range.rows() == 0) {
                jdbc.update(
                        "update segment set last_key = ?, as_of = ? where type = ? and last_key = ?",
                        range.last(),
                        Timestamp.from(query.asOf()),
                        type.name(),
                        range.first() - 1);
                continue;
            }
            Lines lines = lines(query, range);
            if (lines.count == range.rows() && lines.bytes == range.bytes()) { // or the sweep ran meanwhile
                segments.add(row(query, range, lines));
                rows += lines.count;
            }
        }
        jdbc.batchUpdate(
                "insert into segment (type, first_key, last_key, as_of, lines, bytes, in_compartments, crc32,"
                        + " deflated, checksum) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                segments);
        return rows;
    }

    private static Object[] row(RowQuery query, KeyRange range, Lines lines) {
        byte[] deflated = lines.deflated.toByteArray();
        int crc32 = (int) lines.crc32.getValue();
        return new Object[] {
            query.type().name(),
            range.first(),
            range.last(),
            Timestamp.from(query.asOf()),
            lines.count,
            lines.bytes,
            lines.linesInCompartments,
            crc32,
            deflated,
            Segments.checksum(deflated, 0, deflated.length, crc32)
        };
    }

    private Lines lines(RowQuery query, KeyRange range) {
        try (Lines lines = new Lines()) {
            jdbc.query(
                    "select body, compartment is not null from " + query.from() + " and key between " + range.first()
                            + " and " + range.last() + " order by key",
                    lines::add);
            return lines;
        }
    }

    /** The buffer of the lines of a segment. */
    private static final class Lines implements AutoCloseable {
        private final ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        private final CRC32 crc32 = new CRC32();
        private int count;
        private long bytes;
        private int linesInCompartments;

        void add(ResultSet row) throws SQLException {
            byte[] body = row.getBytes(1);
            byte[] line = Arrays.copyOf(body, body.length + 1);
            line[body.length] = '\n';
            try {
                ZlibBuffers.deflate(deflater, line, deflated);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            crc32.update(line);
            count++;
            bytes += line.length;
            linesInCompartments += row.getBoolean(2) ? 1 : 0;
        }

        /** Flushes to a byte boundary without a final block, so that other blocks can follow. */
        @Override
        public void close() {
            try {
                ZlibBuffers.flush(deflater, deflated);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                deflater.end();
            }
        }
    }
}
