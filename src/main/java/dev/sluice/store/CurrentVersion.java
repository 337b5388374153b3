package dev.sluice.store;

import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The current row of a resource, as a writer sees it.
 *
 * @param lastUpdated when it became visible, in milliseconds since 1970
 * @param bytes the length of its line with its newline; 0 for a deletion
 */
record CurrentVersion(
        ResourceKey key, VersionMeta meta, long lastUpdated, int[] compartment, int[] formerCompartment, int bytes) {
    private static final String COLUMNS = "id, version_id, coalesce(meta_version_id, version_id), meta_last_updated,"
            + " coalesce(source_version_id, 0), source_last_updated, last_updated, compartment, former_compartment, bytes";

    /**
     * Reads versions of the resources of some writes.
     *
     * @param condition limits the versions, as SQL; empty = all of them
     */
    static void each(
            JdbcTemplate jdbc, List<ResourceWrite> writes, String condition, Consumer<CurrentVersion> receiver) {
        Map<ResourceType, List<String>> ids = writes.stream()
                .map(ResourceWrite::key)
                .collect(Collectors.groupingBy(
                        ResourceKey::type, Collectors.mapping(ResourceKey::id, Collectors.toList())));
        // The text contains the type, so that PostgreSQL plans for one partition.
        ids.forEach((type, ofType) -> jdbc.query(
                "select " + COLUMNS + " from resource where type = '" + type + "' and id = any(?)" + condition,
                row -> {
                    receiver.accept(of(type, row));
                },
                (Object) ofType.toArray(String[]::new)));
    }

    private static CurrentVersion of(ResourceType type, ResultSet row) throws SQLException {
        Timestamp source = row.getTimestamp(6);
        return new CurrentVersion(
                new ResourceKey(type, row.getString(1)),
                new VersionMeta(
                        row.getInt(2),
                        row.getInt(3),
                        row.getString(4),
                        row.getInt(5),
                        source == null ? null : source.toInstant()),
                row.getTimestamp(7).getTime(),
                numbers(row.getArray(8)),
                numbers(row.getArray(9)),
                row.getInt(10));
    }

    /** The value of {@code meta.lastUpdated}. */
    String metaLastUpdated() {
        String text = meta.lastUpdated();
        return text == null ? FhirInstant.format(Instant.ofEpochMilli(lastUpdated)) : text;
    }

    /**
     * Compares an imported version with this one, by number, then by time: positive if it is newer, 0 if both have the
     * same number and time, negative if it is earlier. A version without number and time is newer.
     */
    int order(ResourceWrite.Origin origin) {
        if (!origin.kept() && !meta.isImported()) {
            return 1;
        }
        int known = meta.orderVersionId();
        if (origin.versionId() != 0 && known != 0 && origin.versionId() != known) {
            return Integer.compare(origin.versionId(), known);
        }
        return origin.time() == null ? 1 : origin.time().compareTo(orderTime());
    }

    /** The time by which versions of the same source are ordered. */
    private Instant orderTime() {
        Instant source = meta.sourceLastUpdated();
        return source == null ? shownTime(meta.lastUpdated(), Instant.ofEpochMilli(lastUpdated)) : source;
    }

    /** The time of {@code meta.lastUpdated}; the time of the row if it is null. */
    static Instant shownTime(@Nullable String text, Instant ofRow) {
        return text == null
                ? ofRow
                : FhirInstant.parse(text).map(FhirInstant.Span::from).orElse(ofRow);
    }

    /** Every compartment in which the resource is or was, without these. */
    int[] leaving(int[] staying) {
        Set<Integer> stay = IntStream.of(staying).boxed().collect(Collectors.toSet()); // a large Group has many
        return IntStream.concat(IntStream.of(compartment), IntStream.of(formerCompartment))
                .filter(number -> !stay.contains(number))
                .distinct()
                .toArray();
    }

    /** Whether the resource is in exactly these compartments. */
    boolean isIn(int[] compartments) {
        return Arrays.equals(
                IntStream.of(compartment).sorted().toArray(),
                IntStream.of(compartments).sorted().toArray());
    }

    boolean deleted() {
        return bytes == 0;
    }

    WriteResult result(WriteResult.Kind kind) {
        Instant shown = shownTime(meta.lastUpdated(), Instant.ofEpochMilli(lastUpdated));
        return new WriteResult(key, kind, meta.versionId(), shown, metaLastUpdated());
    }

    private static int[] numbers(@Nullable Array array) throws SQLException {
        return array == null
                ? new int[0]
                : Arrays.stream((Integer[]) array.getArray())
                        .mapToInt(Integer::intValue)
                        .toArray();
    }
}
