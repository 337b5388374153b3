package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The current row of a resource, as a writer sees it.
 *
 * @param lastUpdated milliseconds since 1970
 */
record CurrentVersion(ResourceKey key, int versionId, long lastUpdated, int[] compartment, byte @Nullable [] body) {
    static final String COLUMNS = "id, version_id, last_updated, compartment, body";

    static CurrentVersion of(ResourceType type, ResultSet row) throws SQLException {
        Array compartment = row.getArray(4);
        String body = row.getString(5);
        return new CurrentVersion(
                new ResourceKey(type, row.getString(1)),
                row.getInt(2),
                row.getTimestamp(3).getTime(),
                compartment == null
                        ? new int[0]
                        : Arrays.stream((Integer[]) compartment.getArray())
                                .mapToInt(Integer::intValue)
                                .toArray(),
                body == null ? null : body.getBytes(StandardCharsets.UTF_8));
    }

    boolean deleted() {
        return body == null;
    }

    boolean same(Draft.Line line) {
        return body != null && Arrays.equals(body, line.stamp(versionId, Instant.ofEpochMilli(lastUpdated)));
    }

    WriteOutcome outcome(WriteOutcome.Kind kind) {
        return new WriteOutcome(key, kind, versionId, Instant.ofEpochMilli(lastUpdated));
    }
}
