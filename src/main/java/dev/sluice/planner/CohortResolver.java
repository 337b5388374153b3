package dev.sluice.planner;

import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.fhir.FhirException.Severity;
import dev.sluice.planner.CohortTable.PatientRole;
import dev.sluice.planner.ResolvedCohort.Scopes;
import dev.sluice.r4.OwnBases;
import dev.sluice.store.RowScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Finds the patients whose data an export takes.
 *
 * <p>At Patient level they are all patients that are not deleted at the kick-off. At Group level they are the members
 * that exist. {@code _until} limits only their data. With {@code _since} they are compared with the patients of that
 * time: the whole compartment of a new patient is exported, and the data of a patient who left is listed as deleted.
 */
@Component
public class CohortResolver {
    private final CohortTable cohorts;
    private final GroupMembers members;
    private final ExportSettings settings;

    CohortResolver(CohortTable cohorts, GroupMembers members, ExportSettings settings) {
        this.cohorts = cohorts;
        this.members = members;
        this.settings = settings;
    }

    /** A 404 problem if the group of an export does not exist. */
    public void require(ExportScope scope) {
        if (scope instanceof ExportScope.GroupMembers group) {
            members.require(group.id());
        }
    }

    /**
     * Finds the patients of an export and records all of them in one transaction. A repeated call records the same
     * patients.
     */
    @Transactional
    public ResolvedCohort resolve(UUID id, ExportJob job, OwnBases bases) {
        ExportScope scope = job.request().scope();
        if (scope instanceof ExportScope.Everything) {
            return new ResolvedCohort(Scopes.EVERYTHING, null, List.of());
        }
        cohorts.delete(id);
        Instant since = job.request().time(ExportParameter.SINCE);
        if (scope instanceof ExportScope.AllPatients
                && job.request().values(ExportParameter.PATIENT).isEmpty()) {
            cohorts.addAbsent(id, job.kickOff());
            if (since != null) {
                cohorts.comparePatients(id, since, job.kickOff());
            }
            Map<PatientRole, Long> sizes = cohorts.sizes(id);
            RowScope present = new RowScope.AnyPatientBut(
                    sizes.containsKey(PatientRole.ABSENT) ? CohortTable.patients(id, PatientRole.ABSENT) : null);
            return new ResolvedCohort(scopes(id, present, sizes), null, List.of());
        }
        List<String> unresolvedMembers =
                named(job, job.kickOff(), bases, ids -> cohorts.addMembers(id, ids, job.kickOff()));
        if (since != null) {
            named(job, since, bases, ids -> cohorts.addBefore(id, ids));
            cohorts.compareMembers(id, since);
        }
        Map<PatientRole, Long> sizes = cohorts.sizes(id);
        RowScope taken = cohorts.members(id, PatientRole.MEMBERS, sizes);
        return new ResolvedCohort(
                scopes(id, taken, sizes),
                scope instanceof ExportScope.GroupMembers group ? groupScopes(group, sizes) : null,
                unresolvedMembers.stream()
                        .map(text -> new Issue(Severity.WARNING, "not-found", text))
                        .toList());
    }

    /**
     * Passes on the patients that the group names at a time, that the request names, or that both name.
     *
     * @return warnings about members that could not be resolved
     */
    private List<String> named(ExportJob job, Instant time, OwnBases bases, Consumer<List<String>> receiver) {
        List<String> patients = job.request().values(ExportParameter.PATIENT);
        if (!(job.request().scope() instanceof ExportScope.GroupMembers group)) {
            receiver.accept(patients);
            return List.of();
        }
        Set<String> wanted = Set.copyOf(patients);
        return new ArrayList<>(members.find(
                group.id(),
                time,
                bases,
                ids -> receiver.accept(
                        wanted.isEmpty()
                                ? ids
                                : ids.stream().filter(wanted::contains).toList())));
    }

    private Scopes scopes(UUID id, RowScope taken, Map<PatientRole, Long> sizes) {
        return new Scopes(
                taken,
                exportsWholeCompartments() ? cohorts.members(id, PatientRole.JOINED, sizes) : new RowScope.Nobody(),
                cohorts.members(id, PatientRole.LEFT, sizes));
    }

    /** Whether the export takes the whole compartments of new patients. */
    private boolean exportsWholeCompartments() {
        return settings.newMembers() == ExportSettings.NewMembers.EVERYTHING;
    }

    /** The group itself, and no other group of a member; no rows if the group has no members. */
    private Scopes groupScopes(ExportScope.GroupMembers group, Map<PatientRole, Long> sizes) {
        RowScope itself = new RowScope.Only(group.id());
        RowScope nothing = new RowScope.Nobody();
        long members = sizes.getOrDefault(PatientRole.MEMBERS, 0L);
        boolean now = members > 0;
        boolean isNew = now && members == sizes.getOrDefault(PatientRole.JOINED, 0L);
        boolean isEmptied = !now && sizes.containsKey(PatientRole.BEFORE);
        return new Scopes(
                now ? itself : nothing,
                isNew && exportsWholeCompartments() ? itself : nothing,
                isEmptied ? itself : nothing);
    }
}
