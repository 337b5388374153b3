package dev.sluice.planner;

import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.RowIssues;
import dev.sluice.planner.IncludedProvenance.Selection;
import dev.sluice.planner.IncludedRows.RowChange;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowQuery.RowContent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finds the associated data of an export when it is planned: the Provenance about its resources, and the resources that
 * they refer to.
 *
 * <p>With {@code _since} it finds all of this as of the export's time, and separates what is new to the client from
 * what the client has. A Provenance or a referenced resource is exported if it changed, or if a resource that leads to
 * it changed.
 */
@Component
class IncludeResolver {
    private final IncludedRowWriter rows;
    private final ReferenceResolver references;
    private final IncludedRows includedRows;
    private final IncludedProvenance provenance;

    IncludeResolver(
            IncludedRowWriter rows,
            ReferenceResolver references,
            IncludedRows includedRows,
            IncludedProvenance provenance) {
        this.rows = rows;
        this.references = references;
        this.includedRows = includedRows;
        this.provenance = provenance;
    }

    /**
     * One planning of an export.
     *
     * @param id identifies the rows that it finds
     * @param issues takes issues of the resources that it reads
     */
    record Attempt(UUID id, ExportQueries queries, RowIssues issues) {
        @Nullable
        Instant since() {
            return queries.job().request().time(ExportParameter.SINCE);
        }

        AssociatedData associated() {
            return queries.job().request().associatedData();
        }
    }

    /**
     * Finds all associated data of an export.
     *
     * @param job the id of its job, to which the rows belong
     * @return identifies the rows; null if the export has no associated data to find, as most have
     */
    @Nullable
    UUID resolve(UUID job, ExportQueries queries, RowIssues issues) {
        AssociatedData associated = queries.job().request().associatedData();
        boolean needed = associated.any() || !queries.resolvedTypes().isEmpty();
        if (!needed || (!associated.any() && provenance.isInCompartments())) {
            return null;
        }
        Attempt attempt = new Attempt(includedRows.begin(job), queries, issues);
        for (ResourceType type : selected(attempt)) {
            rows.add(attempt, queries.selected(type, RowContent.RESOURCES), 0);
        }
        addProvenance(attempt, about(attempt, queries.types()));
        if (!associated.referenced().isEmpty()) {
            references.follow(attempt);
            if (associated.includesProvenance()) {
                addProvenance(attempt, about(attempt, queries.resolvedTypes()));
            }
        }
        if (queries.job().request().fillsDeletedList()) {
            addGone(attempt); // last, so that rows that are included already are not recorded as removed
        }
        includedRows.end(attempt.id());
        return attempt.id();
    }

    /**
     * The number of resources that the export refers to and does not hold, by type; null if referenced resources were
     * not requested.
     */
    @Nullable
    Map<String, Long> dangling(ExportQueries queries, @Nullable UUID attempt) {
        return attempt == null
                        || queries.job().request().associatedData().referenced().isEmpty()
                ? null
                : includedRows.dangling(
                        attempt, type -> queries.types().contains(type) ? exported(queries, type, attempt) : List.of());
    }

    private static List<RowQuery> exported(ExportQueries queries, ResourceType type, UUID attempt) {
        return queries.needsResolving(type)
                ? queries.withoutSince(type, attempt)
                : List.of(queries.selected(type, RowContent.RESOURCES).withoutSince());
    }

    /** The types with included rows that the request itself selects, but for Provenance if it is associated data. */
    private static List<ResourceType> selected(Attempt attempt) {
        return attempt.queries().resolvedTypes().stream()
                .filter(attempt.queries()::requests)
                .filter(type -> !type.equals(ResourceType.PROVENANCE)
                        || !attempt.associated().includesProvenance())
                .toList();
    }

    private void addProvenance(Attempt attempt, List<RowQuery> about) {
        about.forEach(query -> provenance.add(attempt.id(), query, attempt.since(), selection(attempt)));
    }

    private static Selection selection(Attempt attempt) {
        return switch (attempt.associated().provenance()) {
            case OF_COMPARTMENT -> Selection.NOT_IN_OWN_COMPARTMENTS;
            case RELEVANT -> Selection.ALL;
            case LATEST -> Selection.LATEST;
        };
    }

    /**
     * The resources whose Provenance is exported. By default they are all resources in the compartments, whatever types
     * are selected; otherwise the exported ones of these types.
     */
    private List<RowQuery> about(Attempt attempt, List<ResourceType> types) {
        ExportQueries queries = attempt.queries();
        if (!queries.resolvedTypes().contains(ResourceType.PROVENANCE)) {
            return List.of();
        }
        List<RowQuery> about = new ArrayList<>();
        if (!attempt.associated().includesProvenance()) {
            provenance
                    .targeted(queries.compartmentTypes(), selection(attempt))
                    .forEach(type -> about.add(queries.inCompartments(type)));
            return about;
        }
        for (ResourceType type : provenance.targeted(types, selection(attempt))) {
            if (queries.needsResolving(type)) {
                about.add(queries.found(type, attempt.id(), RowChange.CHANGED, null));
                about.add(queries.found(type, attempt.id(), RowChange.UNCHANGED, null)
                        .since(attempt.since()));
            } else {
                about.add(queries.selected(type, RowContent.RESOURCES));
            }
        }
        about.removeIf(query -> query.type().equals(ResourceType.PROVENANCE));
        return about;
    }

    private void addGone(Attempt attempt) {
        ExportQueries queries = attempt.queries();
        Instant since = Objects.requireNonNull(attempt.since());
        for (ResourceType type : selected(attempt)) {
            includedRows.add(attempt.id(), RowChange.REMOVED, queries.selected(type, RowContent.DELETIONS), 0);
        }
        for (ResourceType type : queries.resolvedTypes()) {
            if (attempt.associated().includesReferenced(type)) {
                RowQuery deleted = RowQuery.everything(type, queries.job().transactionTime());
                includedRows.add(
                        attempt.id(), RowChange.REMOVED, deleted.since(since).withContent(RowContent.DELETIONS), 0);
            }
        }
        if (queries.resolvedTypes().contains(ResourceType.PROVENANCE)) {
            Collection<ResourceType> types =
                    attempt.associated().includesProvenance() ? queries.types() : queries.compartmentTypes();
            for (ResourceType type : provenance.targeted(types, selection(attempt))) {
                provenance.addGone(attempt.id(), queries.inCompartments(type), since, selection(attempt));
            }
        }
    }
}
