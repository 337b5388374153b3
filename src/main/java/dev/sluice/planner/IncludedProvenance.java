package dev.sluice.planner;

import dev.sluice.fhir.ResourceType;
import dev.sluice.planner.IncludedRows.RowChange;
import dev.sluice.store.ProvenanceTargets;
import dev.sluice.store.RowQuery;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Finds the Provenance about the resources of an export, by the targets that {@link ProvenanceTargets} stores.
 *
 * <p>Safe for use by any number of threads; each method is one statement.
 */
@Component
public class IncludedProvenance {
    /** Which Provenance about resources is included. */
    public enum Selection {
        /** All of it, without the Provenance that its own compartments already select. */
        NOT_IN_OWN_COMPARTMENTS,
        /** All of it. */
        ALL,
        /** The Provenance that was recorded last about each resource. */
        LATEST
    }

    private final JdbcTemplate jdbc;
    private final ProvenanceTargets targets;

    IncludedProvenance(JdbcTemplate jdbc, ProvenanceTargets targets) {
        this.jdbc = jdbc;
        this.targets = targets;
    }

    /** Whether the compartments of every Provenance determine all patients to which it belongs. */
    boolean isInCompartments() {
        return targets.areInCompartments();
    }

    /**
     * Those of these types that are, or were, targets of Provenance; none if the compartments already select all of this
     * Provenance.
     */
    public List<ResourceType> targeted(Collection<ResourceType> types, Selection selection) {
        return selection == Selection.NOT_IN_OWN_COMPARTMENTS && isInCompartments() ? List.of() : targets.types(types);
    }

    /**
     * Adds the Provenance about the rows of a query, whether they changed since the query's time or not.
     *
     * @param since the client has the Provenance that was written up to this time about rows that it has; null = the
     *     client has nothing
     */
    public void add(UUID attempt, RowQuery about, @Nullable Instant since, Selection selection) {
        String rank = selection == Selection.LATEST
                ? "rank() over (partition by r.id order by t.recorded desc nulls last)"
                : "1";
        jdbc.update(IncludedRows.INSERT + "select '" + attempt
                + "'::uuid, 'Provenance', key, case when bool_or(changed) then '"
                + RowChange.CHANGED + "' else '" + RowChange.UNCHANGED + "' end, 0 from (select p.key, r.changed or "
                + changedSince(since)
                + " as changed, " + rank + " as rank from (select id, " + about.changed() + " as changed from "
                + about.withoutSince().from() + ") r" + joined(about, selection, " and not t.former")
                + " and not p.deleted) f where rank = 1 group by key" + IncludedRows.ON_CONFLICT);
    }

    /**
     * Adds the Provenance that may have been about rows of a query at a time and no longer is, deleted or not. It existed at
     * that time.
     */
    public void addGone(UUID attempt, RowQuery about, Instant since, Selection selection) {
        jdbc.update(IncludedRows.INSERT + "select distinct '" + attempt + "'::uuid, 'Provenance', p.key, '"
                + RowChange.REMOVED
                + "', 0 from (select id, " + about.changed() + " as changed from " + about.table() + " where "
                + RowQuery.asOf(about.asOf()) + " and " + about.inScopeNowOrBefore() + ") r"
                + joined(about, selection, "")
                + " and (r.changed or " + changedSince(since) + ") and "
                + RowQuery.existedAt(since, "resource_provenance", "p")
                + IncludedRows.ON_CONFLICT);
    }

    private static String joined(RowQuery about, Selection selection, String condition) {
        return " join provenance_target t on t.target_type = '" + about.type() + "' and t.target_id = r.id" + condition
                + (selection == Selection.NOT_IN_OWN_COMPARTMENTS
                        ? " join provenance_unsettled u on u.id = t.id and u.version_id = t.version_id"
                        : "")
                + " join resource_provenance p on p.id = t.id and p.version_id = t.version_id where "
                + RowQuery.asOf(about.asOf());
    }

    private static String changedSince(@Nullable Instant since) {
        return since == null ? "true" : "p.last_updated > " + RowQuery.literal(since);
    }
}
