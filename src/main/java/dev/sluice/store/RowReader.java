package dev.sluice.store;

import dev.sluice.database.FailoverExceptionTranslator;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reads single resources: the current version, a numbered version, or the version at a time. */
@Component
public class RowReader {
    /** Larger bodies, and those of many rows, are read one by one, once the reader has the memory. */
    private static final int LARGE = 1 << 20;

    /** A list has no larger bodies. */
    static final int LISTED = 1 << 18;

    private final JdbcTemplate jdbc;

    /** Reads through connections of this source. */
    public RowReader(DataSource source) {
        this.jdbc = FailoverExceptionTranslator.jdbc(source);
    }

    /** The size of the current version of a resource, in bytes; empty if it does not exist now. */
    public Optional<Integer> bytes(ResourceKey key) {
        return jdbc
                .queryForList(
                        "select bytes from resource where type = '" + key.type()
                                + "' and id = ? and superseded_at is null and not deleted",
                        Integer.class,
                        key.id())
                .stream()
                .findFirst();
    }

    /**
     * The current version, which may be a deletion; empty if the resource never existed.
     *
     * @param large takes the size of a body before it is read, unless it is small; may refuse it by an exception
     */
    public Optional<StoredVersion> current(ResourceKey key, LongConsumer large) {
        return one(key, "superseded_at is null", large);
    }

    /** A version by its number, as far back as versions are kept. */
    public Optional<StoredVersion> version(ResourceKey key, int versionId, LongConsumer large) {
        return one(key, "coalesce(meta_version_id, version_id) = " + versionId, large);
    }

    /** The version that was current at a time; empty if the resource did not exist or was deleted. */
    public Optional<StoredVersion> asOf(ResourceKey key, Instant time, LongConsumer large) {
        return one(key, RowQuery.asOf(time), large).filter(version -> !version.deleted());
    }

    /** The current resources of a type that have this token hash; not the deleted ones. */
    public List<StoredVersion> byTokenHash(ResourceType type, long hash, LongConsumer large) {
        return read(
                type,
                "token_hashes @> array[?::bigint] and superseded_at is null and not deleted order by key",
                hash,
                large);
    }

    /**
     * A row of a list.
     *
     * @param version without its body if that is larger than {@link #LISTED}
     * @param bytes the size of the body
     */
    public record ListedRow(StoredVersion version, long bytes) {}

    /**
     * A page of the current resources of a type, in the order of their ids.
     *
     * @param after the id that the page begins after; empty = the first page
     * @param among only these ids; null = any
     */
    public List<ListedRow> page(ResourceType type, String after, @Nullable Collection<String> among, int count) {
        @Nullable String[] ids = among == null ? null : among.toArray(String[]::new);
        return jdbc.query(
                "select id, coalesce(meta_version_id, version_id), last_updated, deleted, bytes, key, case when bytes <= "
                        + LISTED + " then body end, meta_last_updated from resource where type = '" + type
                        + "' and superseded_at is null and not deleted and id > ?"
                        + (ids == null ? "" : " and id = any(?)") + " order by id limit " + count,
                (row, n) -> {
                    Row each = Row.of(type, row);
                    return new ListedRow(each.version, each.bytes);
                },
                ids == null ? new Object[] {after} : new Object[] {after, ids});
    }

    private Optional<StoredVersion> one(ResourceKey key, String condition, LongConsumer large) {
        return read(key.type(), "id = ? and " + condition, key.id(), large).stream()
                .findFirst();
    }

    private List<StoredVersion> read(ResourceType type, String condition, Object value, LongConsumer large) {
        List<StoredVersion> versions = new ArrayList<>();
        for (Row row : jdbc.query(
                "select id, coalesce(meta_version_id, version_id), last_updated, deleted, bytes, key,"
                        + " case when sum(bytes) over () <= " + LARGE + " then body end, meta_last_updated"
                        + " from resource where type = '" + type + "' and " + condition,
                (row, n) -> Row.of(type, row),
                value)) {
            if (row.version.deleted() || row.version.body().length > 0) {
                versions.add(row.version);
            } else {
                large.accept(row.bytes);
                body(type, row.key).ifPresent(body -> versions.add(row.version.with(body)));
            }
        }
        return versions;
    }

    /** The body of a row; empty if it was swept a moment ago. */
    private Optional<byte[]> body(ResourceType type, long key) {
        return jdbc
                .query(
                        "select body from resource where type = '" + type + "' and key = ?",
                        (row, n) -> row.getBytes(1),
                        key)
                .stream()
                .findFirst();
    }

    /** A version whose body is missing if it is large. */
    private record Row(long key, long bytes, StoredVersion version) {
        static Row of(ResourceType type, ResultSet row) throws SQLException {
            Timestamp lastUpdated = row.getTimestamp(3);
            byte[] body = row.getBytes(7); // the driver's bytes, without a String in between
            StoredVersion version = new StoredVersion(
                    new ResourceKey(type, row.getString(1)),
                    row.getInt(2),
                    CurrentVersion.shownTime(row.getString(8), lastUpdated.toInstant()),
                    row.getBoolean(4),
                    body == null ? new byte[0] : body);
            return new Row(row.getLong(6), row.getLong(5), version);
        }
    }
}
