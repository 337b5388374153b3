package dev.sluice.plan;

import dev.sluice.blob.BlobStore;
import dev.sluice.fhir.ResourceType;
import dev.sluice.fhir.VersionedJson;
import dev.sluice.store.RowQuery;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * The plan that all units of an export share: what is read, and how and where it is written. Large parts, such as a
 * cohort of many patients, stay in tables; the plan refers to them.
 *
 * @param location where the files go
 * @param format what files of resources hold
 * @param encoding how files of NDJSON are stored
 * @param asOf the closed timestamp whose state is exported
 * @param ownBases base URLs that mean this server in references
 * @param scans what is read, for each type by name
 * @param unused types that the export takes and that had no rows
 * @param organized the lines of output that is organised by instances; null = each file has one type
 * @param filteredTypes the types that have filters
 * @param dangling the number of resources that are referred to and not exported, by type; null = the client did not ask
 *     for it
 * @param mark of the state of the database that the plan refers to, which replicas must show; null = only the primary is
 *     read
 * @param deidentified whether each resource is de-identified; the rules and keys are recorded apart from the plan
 * @param views the views that are applied to the resources; null = the resources are exported
 */
public record ExportPlan(
        OutputLocation location,
        OutputFormat format,
        BlobStore.Encoding encoding,
        Instant asOf,
        List<String> ownBases,
        List<TypeScan> scans,
        UnusedTypes unused,
        @Nullable OrganizedOutput organized,
        List<FilteredType> filteredTypes,
        @Nullable Map<String, Long> dangling,
        @Nullable UUID mark,
        boolean deidentified,
        @Nullable ViewOutput views) {
    /**
     * The version of the JSON form of this record and of its units. When their content or the meaning of filters changes,
     * raise it and the next one to numbers that no form had.
     */
    public static final int VERSION = 8;

    /** Of plans that commit rows of views to tables of Delta Lake: older processes leave these to newer ones. */
    private static final int TABLES_OF_VIEWS = 9;

    /**
     * A type that has filters.
     *
     * @param index whether an index selects the rows that the filters test
     */
    public record FilteredType(ResourceType type, boolean index) {}

    public ExportPlan {
        ownBases = List.copyOf(ownBases);
        scans = List.copyOf(scans);
        filteredTypes = List.copyOf(filteredTypes);
    }

    /** Reads what {@link #text} wrote. Empty if an older version wrote it in another form. */
    public static Optional<ExportPlan> of(String text) {
        return VersionedJson.find(text, new TypeReference<>() {}, VERSION, TABLES_OF_VIEWS, "plan of an export");
    }

    /** The same plan with this mark. */
    public ExportPlan with(@Nullable UUID mark) {
        return new ExportPlan(
                location,
                format,
                encoding,
                asOf,
                ownBases,
                scans,
                unused,
                organized,
                filteredTypes,
                dangling,
                mark,
                deidentified,
                views);
    }

    /** Whether its files are tables, apart from those of issues. */
    public boolean hasTables() {
        return views == null ? format.isTable() : views.format().isTable();
    }

    /** The plan as JSON. */
    public String text() {
        boolean tablesOfViews = views != null && views.format() == ViewOutput.Format.DELTA;
        return VersionedJson.write(this, tablesOfViews ? TABLES_OF_VIEWS : VERSION);
    }

    /** The scan of a type. */
    public TypeScan scan(ResourceType type) {
        return scans.stream()
                .filter(scan -> scan.type().equals(type))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The plan does not read " + type + "."));
    }

    /** The queries that select all rows of the export, before filters. */
    public List<RowQuery> queries() {
        return scans.stream()
                .flatMap(scan -> Stream.of(scan.resources(), scan.deletions()))
                .filter(Objects::nonNull)
                .toList();
    }
}
