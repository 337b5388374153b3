package dev.sluice.delta;

import dev.sluice.blob.BlobStore;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.Plural;
import dev.sluice.fhir.ResourceType;
import dev.sluice.lake.TableSchema;
import dev.sluice.output.ExportedFile;
import dev.sluice.output.ResourceColumns;
import dev.sluice.output.UnitResult;
import dev.sluice.output.ViewColumns;
import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.OutputLocation;
import dev.sluice.plan.ViewOutput;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Commits exports to the tables of Delta Lake in their containers. Safe for use by any number of threads. */
@Component
public class DeltaExports {
    private static final List<String> TABLES =
            ResourceType.all().stream().map(ResourceType::name).toList();

    private final BlobStore blobs;
    private final DeltaTables tables;

    DeltaExports(BlobStore blobs, Clock clock) {
        this.blobs = blobs;
        this.tables = new DeltaTables(blobs, clock);
    }

    /**
     * The location of an export, with tables if it commits to some.
     *
     * @param content a hash of what the export may hold
     * @throws FhirException 400 if it does not fit to the tables of the container
     */
    public OutputLocation locate(OutputLocation location, ExportRequest request, String content) {
        if (!request.commitsToTables()) {
            return location;
        }
        try {
            tables.requireFits(
                    location.container(),
                    request.time(ExportParameter.SINCE),
                    request.time(ExportParameter.UNTIL),
                    content,
                    schemas(request.views()));
        } catch (CommitRefusedException e) {
            throw FhirException.of(400, "conflict", String.valueOf(e.getMessage()));
        }
        return location.withTables();
    }

    /**
     * What an export has.
     *
     * @param since the time from which on it has changes; null = it has everything
     * @param content a hash of what it may hold
     */
    public record Changes(@Nullable Instant since, String content) {}

    /**
     * Commits an export whose units are complete. If it has committed already, only what is missing of it is written.
     *
     * @param checkLease is run often, and directly before the commit; if it throws, there is none
     * @return the version of each table
     * @throws CommitRefusedException if it cannot be committed
     */
    public List<TableVersion> commit(
            UUID job, ExportPlan plan, Changes changes, UnitResult units, Runnable checkLease) {
        requireAll(plan, units);
        OutputLocation location = plan.location();
        DeltaExport export = new DeltaExport(
                location.container(),
                location.folder(),
                job,
                plan.asOf(),
                changes.since(),
                changes.content(),
                schemas(plan.views()),
                units.output().stream().map(DeltaExports::added).toList(),
                units.deleted().stream()
                        .map(file -> new DeltaExport.DeletedRows(
                                Objects.requireNonNull(file.type()), location.file(file.name()), file.bytes()))
                        .toList());
        return tables.commit(export, checkLease);
    }

    /** The tables of resources are alike, and exist from their first rows on. A view has a table of its own columns. */
    private static TableSchemas schemas(@Nullable ViewOutput views) {
        if (views == null) {
            return TableSchemas.ofAll(ResourceColumns.SCHEMA);
        }
        Map<String, TableSchema> named = new TreeMap<>();
        views.views().forEach(view -> named.put(view.name(), ViewColumns.schema(view)));
        return new TableSchemas(named, null);
    }

    private static DeltaExport.NewFile added(ExportedFile file) {
        return new DeltaExport.NewFile(
                StringUtils.substringBefore(file.name(), "-"),
                file.name(),
                file.bytes(),
                Objects.requireNonNull(file.statistics()));
    }

    /** A resource that cannot be read is left out of other exports, with a line of the error file. */
    private static void requireAll(ExportPlan plan, UnitResult units) {
        units.costs().forEach((type, cost) -> {
            long missing = cost.read() - cost.kept();
            if (missing != 0 && plan.scan(ResourceType.of(type)).filters().isEmpty()) {
                throw new CommitRefusedException(Plural.of(missing, "resource") + " of " + type
                        + " cannot be exported, so the table would not be complete, and nothing was committed. The"
                        + " server's log names them. Without _elements, or as NDJSON, the export can be made.");
            }
        });
    }

    /**
     * Erases the files of an export in the folders of tables, unless it has committed. It cannot commit after that.
     *
     * @param time the time whose state it shows; null = unknown
     * @param views whose rows it exports; empty = it exports resources
     */
    public void erase(UUID job, OutputLocation location, @Nullable Instant time, List<String> views) {
        tables.erase(location.container(), location.folder(), job, time, views.isEmpty() ? TABLES : views);
    }

    /**
     * Erases these files so that they are written again.
     *
     * @param views whose rows it exports; empty = it exports resources
     * @param checkLease throws if this process is to stop
     * @throws CommitRefusedException if the export has committed
     */
    public void eraseUnfinished(
            UUID job, OutputLocation location, @Nullable Instant time, List<String> views, Runnable checkLease) {
        if (!tables.preventCommit(location.container(), job, time)) {
            throw new CommitRefusedException("The tables have what this export adds to them. Its manifest cannot be"
                    + " written, since another version of Sluice planned it.");
        }
        (views.isEmpty() ? TABLES : views)
                .forEach(table -> blobs.deletePrefix(location.container(), location.tableFolder(table), checkLease));
    }
}
