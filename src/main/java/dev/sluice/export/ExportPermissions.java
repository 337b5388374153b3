package dev.sluice.export;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceType;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportScope;
import dev.sluice.planner.GroupMembers;
import dev.sluice.security.Caller;
import dev.sluice.security.ClientLimits;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a caller may export.
 *
 * @param types the types, each with the queries of which a resource must match one; a type without a query is exported
 *     whole; null = every type, whole
 * @param limits what limits the caller beside that
 * @param ofPatients whether resources of a type belong to patients
 */
record ExportPermissions(
        @Nullable Map<ResourceType, List<String>> types, ClientLimits limits, Predicate<ResourceType> ofPatients) {

    static FhirException denied(String sentence) {
        return FhirException.of(403, "forbidden", sentence);
    }

    /** Whether a caller may export everything. */
    static boolean areUnlimited(Caller caller) {
        return caller.permissions().exportable() == null && caller.limits().groups() == null;
    }

    /**
     * Returns if the caller may export at a level. Whoever may export some Groups only may not export at the other levels,
     * which would give the members of all Groups.
     *
     * @param namesPatients whether the request names patients, and so asks whether they exist
     */
    void requireLevel(ExportScope level, boolean namesPatients) {
        if (!(level instanceof ExportScope.Everything)) {
            requireTypes(List.of(ResourceType.PATIENT.name()));
            if (namesPatients && !isWhole(ResourceType.PATIENT)) {
                throw denied("The access token allows a part of Patient only, so the parameter '"
                        + ExportParameter.PATIENT + "' cannot be used; leave it out.");
            }
        }
        if (level instanceof ExportScope.GroupMembers group) {
            if (!isWhole(ResourceType.GROUP)) {
                throw denied("The access token does not allow to export a Group; that needs the scopes"
                        + " system/Patient.rs and system/Group.rs, the latter without a restriction.");
            }
            if (!limits.allowsGroup(group.id())) {
                throw GroupMembers.unknown(group.id());
            }
        } else if (limits.groups() != null) {
            throw denied("This client may export some Groups only; use [base]/Group/[id]/$export.");
        }
    }

    /** Returns if the caller may export all of these types, at least in part. */
    void requireTypes(Collection<String> names) {
        List<String> denied = names.stream()
                .filter(name -> types != null && !types.containsKey(ResourceType.of(name)))
                .toList();
        if (!denied.isEmpty()) {
            throw denied("The access token does not allow to export " + String.join(", ", denied)
                    + "; that needs a scope such as system/" + denied.get(0) + ".rs.");
        }
    }

    /**
     * Returns if a request may follow references to or from all resources of these types. Otherwise, what is found would say
     * something about resources that the caller may not export.
     *
     * @param what the part of the request that does so
     */
    void requireAskable(String what, Collection<String> names) {
        for (String name : names) {
            ResourceType type = ResourceType.of(name);
            if (!isWhole(type)) {
                throw denied(what + " asks for " + name + ", of which the access token does not allow to export all"
                        + " resources; that needs a scope such as system/" + name + ".rs, without a restriction.");
            }
            if (limits.groups() != null && ofPatients.test(type)) {
                throw denied(what + " asks for " + name + ", which may be of patients outside of the Groups that this"
                        + " client may export; leave it out.");
            }
        }
    }

    /** The restrictions of these types, by name; a type that is exported whole is not among them. */
    Map<String, List<String>> restrictionsOf(Collection<String> names) {
        Map<String, List<String>> restrictions = new TreeMap<>();
        for (String name : names) {
            List<String> queries = types == null ? List.of() : types.getOrDefault(ResourceType.of(name), List.of());
            if (!queries.isEmpty()) {
                restrictions.put(name, queries);
            }
        }
        return restrictions;
    }

    private boolean isWhole(ResourceType type) {
        return types == null || List.of().equals(types.get(type));
    }
}
