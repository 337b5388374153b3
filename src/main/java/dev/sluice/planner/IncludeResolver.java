package dev.sluice.planner;

import dev.sluice.fhir.ResourceType;
import dev.sluice.filter.RowIssues;
import dev.sluice.store.GatheredProvenance;
import dev.sluice.store.GatheredProvenance.Which;
import dev.sluice.store.Gathering;
import dev.sluice.store.Gathering.Part;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowQuery.What;
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
 * Finds, when an export is planned, what belongs to it for another reason than its level and types: the Provenance about
 * its resources, and the resources that they refer to.
 *
 * <p>With {@code _since} all of it is found as of the export's time, and divided into what is new to the client and what it
 * has: a Provenance or a referenced resource comes when it changed, or when what leads to it did.
 */
@Component
class IncludeResolver {
    private final IncludedRowWriter rows;
    private final ReferenceResolver references;
    private final Gathering gathering;
    private final GatheredProvenance provenance;

    IncludeResolver(
            IncludedRowWriter rows, ReferenceResolver references, Gathering gathering, GatheredProvenance provenance) {
        this.rows = rows;
        this.references = references;
        this.gathering = gathering;
        this.provenance = provenance;
    }

    /**
     * One planning of an export.
     *
     * @param id names the rows that it finds
     * @param issues takes what is odd in the resources that it reads
     */
    record Attempt(UUID id, ExportQueries queries, RowIssues issues) {
        @Nullable
        Instant since() {
            return queries.job().request().since();
        }

        AssociatedData associated() {
            return queries.job().request().companions();
        }
    }

    /**
     * Finds everything that an export needs.
     *
     * @param job the id of its job, with which the rows are kept
     * @return what names the rows; null if nothing had to be found, which is so for most exports
     */
    @Nullable
    UUID resolve(UUID job, ExportQueries queries, RowIssues issues) {
        AssociatedData associated = queries.job().request().companions();
        boolean needed = associated.any() || !queries.resolvedTypes().isEmpty();
        if (!needed || (!associated.any() && provenance.isInCompartments())) {
            return null;
        }
        Attempt attempt = new Attempt(gathering.begin(job), queries, issues);
        for (ResourceType type : selected(attempt)) {
            rows.add(attempt, queries.selected(type, What.RESOURCES), 0);
        }
        addProvenance(attempt, about(attempt, queries.types()));
        if (!associated.referenced().isEmpty()) {
            references.follow(attempt);
            if (associated.bringProvenance()) {
                addProvenance(attempt, about(attempt, queries.resolvedTypes()));
            }
        }
        if (queries.job().request().listsDeletions()) {
            addGone(attempt); // at the end, since what exists is not gone
        }
        gathering.end(attempt.id());
        return attempt.id();
    }

    /** How many resources the export refers to and does not hold, by type; null if it was not asked to bring some. */
    @Nullable
    Map<String, Long> dangling(ExportQueries queries, @Nullable UUID attempt) {
        return attempt == null
                        || queries.job().request().companions().referenced().isEmpty()
                ? null
                : gathering.dangling(
                        attempt, type -> queries.types().contains(type) ? exported(queries, type, attempt) : List.of());
    }

    private static List<RowQuery> exported(ExportQueries queries, ResourceType type, UUID attempt) {
        return queries.needsResolving(type)
                ? queries.whole(type, attempt)
                : List.of(queries.selected(type, What.RESOURCES).whole());
    }

    /** Of the types that are resolved, those of which the request selects rows by itself. */
    private static List<ResourceType> selected(Attempt attempt) {
        return attempt.queries().resolvedTypes().stream()
                .filter(attempt.queries()::asks)
                .filter(type -> !type.equals(ResourceType.PROVENANCE)
                        || !attempt.associated().bringProvenance())
                .toList();
    }

    private void addProvenance(Attempt attempt, List<RowQuery> about) {
        about.forEach(query -> provenance.add(attempt.id(), query, attempt.since(), which(attempt)));
    }

    private static Which which(Attempt attempt) {
        return switch (attempt.associated().provenance()) {
            case OF_COMPARTMENT -> Which.BESIDE_COMPARTMENTS;
            case RELEVANT -> Which.ALL;
            case LATEST -> Which.LATEST;
        };
    }

    /**
     * The resources whose Provenance is exported: of the default those in the compartments, whatever types are asked for;
     * otherwise those of these types that are exported.
     */
    private List<RowQuery> about(Attempt attempt, List<ResourceType> types) {
        ExportQueries queries = attempt.queries();
        if (!queries.resolvedTypes().contains(ResourceType.PROVENANCE)) {
            return List.of();
        }
        List<RowQuery> about = new ArrayList<>();
        if (!attempt.associated().bringProvenance()) {
            provenance
                    .targeted(queries.compartmentTypes(), which(attempt))
                    .forEach(type -> about.add(queries.inCompartments(type)));
            return about;
        }
        for (ResourceType type : provenance.targeted(types, which(attempt))) {
            if (queries.needsResolving(type)) {
                about.add(queries.found(type, attempt.id(), Part.PRESENT, null));
                about.add(queries.found(type, attempt.id(), Part.KNOWN, null).since(attempt.since()));
            } else {
                about.add(queries.selected(type, What.RESOURCES));
            }
        }
        about.removeIf(query -> query.type().equals(ResourceType.PROVENANCE));
        return about;
    }

    private void addGone(Attempt attempt) {
        ExportQueries queries = attempt.queries();
        Instant since = Objects.requireNonNull(attempt.since());
        for (ResourceType type : selected(attempt)) {
            gathering.add(attempt.id(), Part.GONE, queries.selected(type, What.DELETIONS), 0);
        }
        for (ResourceType type : queries.resolvedTypes()) {
            if (attempt.associated().bringReferenced(type)) {
                RowQuery deleted = RowQuery.everything(type, queries.job().transactionTime());
                gathering.add(attempt.id(), Part.GONE, deleted.since(since).giving(What.DELETIONS), 0);
            }
        }
        if (queries.resolvedTypes().contains(ResourceType.PROVENANCE)) {
            Collection<ResourceType> types =
                    attempt.associated().bringProvenance() ? queries.types() : queries.compartmentTypes();
            for (ResourceType type : provenance.targeted(types, which(attempt))) {
                provenance.addGone(attempt.id(), queries.inCompartments(type), since, which(attempt));
            }
        }
    }
}
