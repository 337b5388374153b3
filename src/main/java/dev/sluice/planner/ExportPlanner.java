package dev.sluice.planner;

import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.CompiledFilters;
import dev.sluice.filter.RowIssues;
import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.PlannedUnit;
import dev.sluice.plan.SnapshotLostException;
import dev.sluice.plan.TypeScan;
import dev.sluice.r4.RootElements;
import dev.sluice.store.KeptVersions;
import dev.sluice.store.RowQuery.RowContent;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Plans an export: decides which rows it reads and which files it writes. */
@Component
public class ExportPlanner {
    private final ExportQueryBuilder builder;
    private final IncludeResolver includes;
    private final FilePlanner files;
    private final RootElements elements;
    private final KeptVersions keptVersions;

    ExportPlanner(
            ExportQueryBuilder builder,
            IncludeResolver includes,
            FilePlanner files,
            RootElements elements,
            KeptVersions keptVersions) {
        this.builder = builder;
        this.includes = includes;
        this.files = files;
        this.elements = elements;
        this.keptVersions = keptVersions;
    }

    /**
     * The plan of an export.
     *
     * @param plan the part that all units share
     * @param units its files, in the order of their units
     */
    public record PlannedExport(ExportPlan plan, List<PlannedUnit> units) {
        /** The same with a mark of the state that the plan refers to. */
        public PlannedExport with(@Nullable UUID mark) {
            return new PlannedExport(plan.with(mark), units);
        }
    }

    /** How many connections planning takes at a time: two if it records results while it reads rows. */
    public int connections(ExportJob job) {
        ExportRequest request = job.request();
        boolean reads = request.value(ExportParameter.ORGANIZE_OUTPUT_BY) != null
                || request.value(ExportParameter.TYPE_FILTER) != null
                || request.value(ExportParameter.INCLUDE_REFERENCED) != null;
        return reads ? 2 : 1;
    }

    /**
     * Plans an export. The working rows of the plan belong to the job with this id.
     *
     * @throws SnapshotLostException if the store no longer keeps the versions that the export needs
     */
    public PlannedExport plan(UUID id, ExportJob job) {
        requireKept(job);
        ExportQueries queries = builder.build(id, job);
        RowIssues rowIssues = new RowIssues();
        UUID included = includes.resolve(id, queries, rowIssues);
        List<TypeScan> scans = queries.types().stream()
                .map(type -> scan(queries, type, included))
                .toList();
        FilePlanner.PlannedFiles planned = files.plan(id, queries, scans, included, rowIssues);
        ExportPlan plan = new ExportPlan(
                job.location(),
                job.request().format(),
                files.encoding(),
                job.transactionTime(),
                queries.bases().bases(),
                scans,
                queries.unused(),
                planned.organized(),
                filteredTypes(job.request(), queries.filters()),
                includes.dangling(queries, included),
                null,
                job.request().isDeidentified(),
                job.request().views());
        List<Issue> issues = new ArrayList<>(job.request().warnings());
        issues.addAll(planned.issues());
        rowIssues.addAll(queries.filters().issues());
        List<Issue> naming = new ArrayList<>(queries.cohort().issues());
        naming.addAll(rowIssues.issues());
        issues.addAll(plan.deidentified() ? RowIssues.withoutNames(naming) : naming);
        return new PlannedExport(
                plan, files.units(planned.files(), issues, job.request().is(ExportParameter.ALLOW_PARTIAL_MANIFESTS)));
    }

    private void requireKept(ExportJob job) {
        if (job.transactionTime().isBefore(keptVersions.keptFrom())) {
            throw new SnapshotLostException("The export shows " + job.transactionTime()
                    + ", but versions are kept from "
                    + keptVersions.keptFrom() + " on. If the database was restored from a backup in between, this is"
                    + " expected; start the export again.");
        }
    }

    private TypeScan scan(ExportQueries queries, ResourceType type, @Nullable UUID included) {
        ExportRequest request = queries.job().request();
        return new TypeScan(
                queries.exported(type, RowContent.RESOURCES, included),
                request.fillsDeletedList(type) ? queries.exported(type, RowContent.DELETIONS, included) : null,
                included != null && queries.testsFilters(type)
                        ? List.of()
                        : queries.filters().texts(type),
                elements.properties(type, request.values(ExportParameter.ELEMENTS)));
    }

    /** The types whose cost the manifest tells. That of a restricted type would tell how many rows it hides. */
    private static List<ExportPlan.FilteredType> filteredTypes(ExportRequest request, CompiledFilters filters) {
        return filters.types().stream()
                .filter(type -> !request.isRestricted(type))
                .map(type -> new ExportPlan.FilteredType(type, filters.lookup(type) != null))
                .toList();
    }
}
