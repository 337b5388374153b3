package dev.sluice.store;

import dev.sluice.database.FailoverExceptionTranslator;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reads single resources: the current version, a numbered version, or the version at a time. */
@Component
public class RowReader {
    private final JdbcTemplate jdbc;

    /** Reads through connections of this source. */
    public RowReader(DataSource source) {
        this.jdbc = FailoverExceptionTranslator.jdbc(source);
    }

    /** The current version, which may be a deletion; empty if the resource never existed. */
    public Optional<StoredVersion> current(ResourceKey key) {
        return one(key, "superseded_at is null");
    }

    /** A version by its number, as far back as versions are kept. */
    public Optional<StoredVersion> version(ResourceKey key, int versionId) {
        return one(key, "coalesce(meta_version_id, version_id) = " + versionId);
    }

    /** The version that was current at a time; empty if the resource did not exist or was deleted. */
    public Optional<StoredVersion> asOf(ResourceKey key, Instant time) {
        return one(key, RowQuery.asOf(time)).filter(version -> !version.deleted());
    }

    /** The current resources of a type that have this token hash; not the deleted ones. */
    public List<StoredVersion> byTokenHash(ResourceType type, long hash) {
        return jdbc.query(
                select(type)
                        + "token_hashes @> array[?::bigint] and superseded_at is null and not deleted order by key",
                (row, n) -> version(type, row),
                hash);
    }

    private Optional<StoredVersion> one(ResourceKey key, String condition) {
        return jdbc
                .query(select(key.type()) + "id = ? and " + condition, (row, n) -> version(key.type(), row), key.id())
                .stream()
                .findFirst();
    }

    private static String select(ResourceType type) {
        return "select id, coalesce(meta_version_id, version_id), last_updated, deleted, body, meta_last_updated"
                + " from resource where type = '" + type + "' and ";
    }

    private static StoredVersion version(ResourceType type, ResultSet row) throws SQLException {
        Timestamp lastUpdated = row.getTimestamp(3);
        byte[] body = row.getBytes(5); // the driver's bytes, without a String in between
        return new StoredVersion(
                new ResourceKey(type, row.getString(1)),
                row.getInt(2),
                CurrentVersion.shownTime(row.getString(6), lastUpdated.toInstant()),
                row.getBoolean(4),
                body == null ? new byte[0] : body);
    }
}
