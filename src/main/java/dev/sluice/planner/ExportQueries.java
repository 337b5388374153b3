package dev.sluice.planner;

import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.CompiledFilters;
import dev.sluice.plan.UnusedTypes;
import dev.sluice.planner.IncludedRows.RowChange;
import dev.sluice.r4.OwnBases;
import dev.sluice.r4.PatientCompartment;
import dev.sluice.store.IndexLookup;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowQuery.RowContent;
import dev.sluice.store.RowScope;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The queries of one export while it is planned: the rows that its level, types and times select, and the types whose
 * rows must be found one by one.
 */
final class ExportQueries {
    private final ExportJob job;
    private final ResolvedCohort cohort;
    private final CompiledFilters filters;
    private final PatientCompartment compartment;
    private final List<ResourceType> types;
    private final List<ResourceType> used;

    /** @param used the types that have rows, by name */
    ExportQueries(
            ExportJob job,
            ResolvedCohort cohort,
            CompiledFilters filters,
            PatientCompartment compartment,
            List<ResourceType> used) {
        this.job = job;
        this.cohort = cohort;
        this.filters = filters;
        this.compartment = compartment;
        this.used = used;
        AssociatedData associated = job.request().associatedData();
        this.types = used.stream()
                .filter(type -> requests(type)
                        || associated.includesReferenced(type)
                        || (associated.includesProvenance() && type.equals(ResourceType.PROVENANCE)))
                .toList();
    }

    ExportJob job() {
        return job;
    }

    /** Base URLs that mean this server in references. */
    OwnBases bases() {
        return filters.bases();
    }

    ResolvedCohort cohort() {
        return cohort;
    }

    CompiledFilters filters() {
        return filters;
    }

    /** The types that the export may have rows of, by name. */
    List<ResourceType> types() {
        return types;
    }

    /** The requested types that have no rows. */
    UnusedTypes unused() {
        List<ResourceType> unused = ResourceType.all().stream()
                .filter(type -> requests(type) && !used.contains(type))
                .toList();
        RowQuery query = new RowQuery(
                ResourceType.PATIENT,
                job.transactionTime(),
                since(ResourceType.PATIENT),
                cohort.patients().members(),
                null,
                job.versions(),
                RowContent.RESOURCES);
        return new UnusedTypes(unused, query);
    }

    /** Whether the request asks for a type, by its level and its {@code _type}. */
    boolean requests(ResourceType type) {
        List<String> wanted = job.request().values(ExportParameter.TYPE);
        return (wanted.isEmpty() || wanted.contains(type.name())) && (isSystemLevel() || compartment.covers(type));
    }

    /** Whether the rows of a type must be found one by one, because compartments do not determine them. */
    boolean needsResolving(ResourceType type) {
        AssociatedData associated = job.request().associatedData();
        if (type.equals(ResourceType.PROVENANCE)) {
            return associated.includesProvenance() || (requests(type) && !isSystemLevel());
        }
        if (associated.includesReferenced(type) && !(requests(type) && isSystemLevel())) {
            return true;
        }
        return associated.any() && requests(type) && filters.types().contains(type);
    }

    /** Whether planning tests the filters of a type, because it finds the rows one by one. It does not for Provenance. */
    boolean testsFilters(ResourceType type) {
        return needsResolving(type) && !type.equals(ResourceType.PROVENANCE);
    }

    /** Those of the types whose rows must be found one by one. */
    List<ResourceType> resolvedTypes() {
        return types.stream().filter(this::needsResolving).toList();
    }

    /** The rows of one type that the request selects; none if it does not select the type. */
    RowQuery selected(ResourceType type, RowContent content) {
        RowScope members = requests(type) ? cohort.of(type).members() : new RowScope.Nobody();
        IndexLookup lookup = content == RowContent.RESOURCES ? filters.lookup(type) : null;
        return new RowQuery(type, job.transactionTime(), since(type), members, lookup, job.versions(), content);
    }

    /**
     * The rows of one type in the compartments of the export, whether the type is selected or not, including deletions.
     */
    RowQuery inCompartments(ResourceType type) {
        return new RowQuery(
                type,
                job.transactionTime(),
                since(type),
                cohort.of(type).members(),
                null,
                new RowQuery.Versions(null, true),
                RowContent.RESOURCES);
    }

    /** The types that can be in the compartments of patients, by name. */
    Set<ResourceType> compartmentTypes() {
        return compartment.types();
    }

    /**
     * The rows of one type that the export takes.
     *
     * @param attempt identifies the rows that were found one by one; null = only the rows that the request selects
     */
    RowQuery exported(ResourceType type, RowContent content, @Nullable UUID attempt) {
        if (attempt == null || !needsResolving(type)) {
            return selected(type, content);
        }
        return found(type, attempt, content == RowContent.RESOURCES ? RowChange.CHANGED : RowChange.REMOVED, null)
                .withContent(content);
    }

    /** Queries for the resources of one type at the export's time, changed or not. No two queries share a row. */
    List<RowQuery> withoutSince(ResourceType type, @Nullable UUID attempt) {
        return attempt == null || !needsResolving(type)
                ? List.of(RowQuery.of(
                        type,
                        job.transactionTime(),
                        selected(type, RowContent.RESOURCES).scope()))
                : List.of(
                        found(type, attempt, RowChange.CHANGED, null), found(type, attempt, RowChange.UNCHANGED, null));
    }

    /** The rows of a type that were found one by one, at one depth or at any depth. */
    RowQuery found(ResourceType type, UUID attempt, RowChange change, @Nullable Integer depth) {
        return RowQuery.of(type, job.transactionTime(), IncludedRows.rows(attempt, type, change, depth));
    }

    private RowQuery.@Nullable Since since(ResourceType type) {
        Instant time = job.request().time(ExportParameter.SINCE);
        return time == null
                ? null
                : new RowQuery.Since(
                        time, cohort.of(type).joined(), cohort.of(type).left());
    }

    private boolean isSystemLevel() {
        return job.request().scope() instanceof ExportScope.Everything;
    }
}
