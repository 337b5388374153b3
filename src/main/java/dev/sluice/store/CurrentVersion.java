package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The current row of a resource, as a writer sees it.
 *
 * @param lastUpdated milliseconds since 1970
 */
record CurrentVersion(
        ResourceKey key, int versionId, long lastUpdated, int[] compartment, int[] former, byte @Nullable [] body) {
    static final String COLUMNS = "id, version_id, last_updated, compartment, former, body";

    static CurrentVersion of(ResourceType type, ResultSet row) throws SQLException {
        String body = row.getString(6);
        return new CurrentVersion(
                new ResourceKey(type, row.getString(1)),
                row.getInt(2),
                row.getTimestamp(3).getTime(),
                numbers(row.getArray(4)),
                numbers(row.getArray(5)),
                body == null ? null : body.getBytes(StandardCharsets.UTF_8));
    }

    /** Every compartment that the resource is or was in, but these. */
    int[] leaving(int[] staying) {
        return IntStream.concat(IntStream.of(compartment), IntStream.of(former))
                .filter(number -> IntStream.of(staying).noneMatch(stays -> stays == number))
                .distinct()
                .toArray();
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

    private static int[] numbers(@Nullable Array array) throws SQLException {
        return array == null
                ? new int[0]
                : Arrays.stream((Integer[]) array.getArray())
                        .mapToInt(Integer::intValue)
                        .toArray();
    }
}
