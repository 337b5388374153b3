package dev.sluice.planner;

import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.store.RowScope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The patients and the group whose resources an export takes.
 *
 * @param patients whose compartments are exported
 * @param group the exported Group; no other Group is exported; null = none
 * @param issues warnings about patients who were named and are not exported
 */
record ResolvedCohort(Scopes patients, @Nullable Scopes group, List<Issue> issues) {
    /**
     * Scopes of rows, by the patients whose data they are.
     *
     * @param members the rows of the patients of the export
     * @param joined of these, the rows that were outside the scope at {@code _since}
     * @param left the rows that were in the scope at {@code _since} and are no longer
     */
    record Scopes(RowScope members, RowScope joined, RowScope left) {
        /** All rows, without any changes since {@code _since}. */
        static final Scopes EVERYTHING =
                new Scopes(new RowScope.Everything(), new RowScope.Nobody(), new RowScope.Nobody());
    }

    Scopes of(ResourceType type) {
        return group != null && type.equals(ResourceType.GROUP) ? group : patients;
    }
}
