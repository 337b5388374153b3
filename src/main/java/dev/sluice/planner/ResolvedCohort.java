package dev.sluice.planner;

import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.store.Membership;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose resources an export takes.
 *
 * @param patients whose compartments are taken
 * @param group the Group that is exported, which is taken itself and no other Group; null = none is
 * @param issues what the client should know of those who are named and not taken
 */
record ResolvedCohort(Scopes patients, @Nullable Scopes group, List<Issue> issues) {
    ResolvedCohort {
        issues = List.copyOf(issues);
    }

    /**
     * Rows by the patients whom they belong to.
     *
     * @param members those that are taken
     * @param joined of these, those that were not taken at the time since which changes are asked for
     * @param left those that were taken then and are not now
     */
    record Scopes(Membership members, Membership joined, Membership left) {
        /** Everything, with no change of who belongs to it. */
        static final Scopes EVERYTHING =
                new Scopes(new Membership.Everything(), new Membership.Nobody(), new Membership.Nobody());
    }

    /** For the rows of a type. */
    Scopes of(ResourceType type) {
        return group != null && type.equals(ResourceType.GROUP) ? group : patients;
    }
}
