package dev.sluice.export;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.planner.ExportBounds;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportScope;
import dev.sluice.planner.GroupMembers;
import dev.sluice.store.RowReader;
import dev.sluice.web.BaseUrl;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Reads the parameter {@code patient}: references to the patients to which the export is limited.
 *
 * <p>It is accepted only in the body of a POST, so that no URL contains a patient's id, and only at Patient and Group
 * level.
 *
 * @see <a href="https://hl7.org/fhir/uv/bulkdata/export.html#query-parameters">Bulk Data IG, patient</a>
 */
@Component
class PatientParameter {
    private final RowReader rows;
    private final GroupMembers members;
    private final BaseUrl base;
    private final Clock clock;

    PatientParameter(RowReader rows, GroupMembers members, BaseUrl base, Clock clock) {
        this.rows = rows;
        this.members = members;
        this.base = base;
        this.clock = clock;
    }

    /** The ids of the patients, each of which exists and, at Group level, is a member; empty = all. */
    List<String> read(ExportScope scope, KickOffParameters parameters, ExportBounds bounds, IssueCollector issues) {
        if (scope instanceof ExportScope.Everything) {
            // No patient is looked up: the caller need not be allowed to know who exists.
            if (parameters.has(ExportParameter.PATIENT)) {
                issues.invalid("The parameter 'patient' has no meaning at system level; use [base]/Patient/$export or"
                        + " [base]/Group/[id]/$export.");
            }
            return List.of();
        }
        // An error file beside de-identified resources must not name a patient.
        boolean named = !parameters.has(ExportParameter.ANONYMIZATION_CONFIG);
        Set<String> ids = new LinkedHashSet<>();
        for (String reference : parameters.list(ExportParameter.PATIENT)) {
            ResourceKey patient = base.own().resource(reference);
            if (patient == null || !isKnown(patient, bounds)) {
                issues.notSupportedUnlessLenient(
                        (named ? "The patient '" + reference + "'" : "One of the patients")
                                + " is not on this server; write each as Patient/[id].",
                        "It is left out.");
            } else {
                ids.add(patient.id());
            }
        }
        if (!parameters.has(ExportParameter.PATIENT)) {
            return List.of();
        }
        if (parameters.isInUrl(ExportParameter.PATIENT)) {
            issues.invalid(
                    "The parameter 'patient' is taken from a Parameters resource in the body of a POST, so that no"
                            + " patient stands in a URL.");
        }
        if (scope instanceof ExportScope.GroupMembers group) {
            keepMembers(group.id(), ids, named, bounds, issues);
        }
        if (ids.isEmpty()) {
            issues.invalid("No patient of 'patient' is left; without it, all of them are exported.");
        }
        return List.copyOf(ids);
    }

    private void keepMembers(String group, Set<String> ids, boolean named, ExportBounds bounds, IssueCollector issues) {
        Set<String> found = new LinkedHashSet<>();
        members.find(
                group,
                bounds,
                clock.instant(),
                base.own(),
                batch -> batch.stream().filter(ids::contains).forEach(found::add));
        for (String id : List.copyOf(ids)) {
            if (!found.contains(id)) {
                ids.remove(id);
                issues.notSupportedUnlessLenient(
                        (named ? "Patient/" + id : "One of the patients") + " is not a member of "
                                + (named ? "Group/" + group : "the Group") + ".",
                        "The patient is left out.");
            }
        }
    }

    /** A client that may export some Groups only is not told whether a patient exists who is not a member. */
    private boolean isKnown(ResourceKey key, ExportBounds bounds) {
        return key.type().equals(ResourceType.PATIENT)
                && (bounds.groups() != null || rows.bytes(key).isPresent());
    }
}
