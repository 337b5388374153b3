package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The current row of a resource, as a writer sees it.
 *
 * @param lastUpdated milliseconds since 1970
 * @param bytes the length of its line with its newline; 0 for a deletion
 */
record CurrentVersion(ResourceKey key, int versionId, long lastUpdated, int[] compartment, int[] former, int bytes) {
    static final String COLUMNS = "id, version_id, last_updated, compartment, former, bytes";

    static CurrentVersion of(ResourceType type, ResultSet row) throws SQLException {
        return new CurrentVersion(
                new ResourceKey(type, row.getString(1)),
                row.getInt(2),
                row.getTimestamp(3).getTime(),
                numbers(row.getArray(4)),
                numbers(row.getArray(5)),
                row.getInt(6));
    }

    /** Every compartment that the resource is or was in, but these. */
    int[] leaving(int[] staying) {
        Set<Integer> stay = IntStream.of(staying).boxed().collect(Collectors.toSet()); // a large Group has many
        return IntStream.concat(IntStream.of(compartment), IntStream.of(former))
                .filter(number -> !stay.contains(number))
                .distinct()
                .toArray();
    }

    /** Whether it is in these compartments and no others. */
    boolean isIn(int[] compartments) {
        return Arrays.equals(
                IntStream.of(compartment).sorted().toArray(),
                IntStream.of(compartments).sorted().toArray());
    }

    boolean deleted() {
        return bytes == 0;
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
