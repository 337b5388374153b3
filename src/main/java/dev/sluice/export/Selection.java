package dev.sluice.export;

import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.search.PatientCompartment;
import dev.sluice.search.TypeFilter;
import dev.sluice.search.TypeFilterParser;
import dev.sluice.store.Cohorts;
import dev.sluice.store.Membership;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowRanges;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Says which rows an export takes: what PostgreSQL selects, as {@link RowQuery}, and what is decided on the resource
 * itself, as {@link TypeFilter}s.
 */
@Component
class Selection {
    private final RowRanges ranges;
    private final Cohorts cohorts;
    private final GroupMembers members;
    private final PatientCompartment compartment;
    private final TypeFilterParser filters;

    Selection(
            RowRanges ranges,
            Cohorts cohorts,
            GroupMembers members,
            PatientCompartment compartment,
            TypeFilterParser filters) {
        this.ranges = ranges;
        this.cohorts = cohorts;
        this.members = members;
        this.compartment = compartment;
        this.filters = filters;
    }

    /**
     * Finds the patients whose data is taken: those who are there, or members, at the kick-off, whatever {@code _since} and
     * {@code _until} say of their data. Doing it again changes nothing.
     */
    void findPatients(UUID id, ExportJob job) {
        ExportScope scope = job.request().scope();
        if (scope instanceof ExportScope.AllPatients) {
            cohorts.addAbsent(id, job.kickOff());
        } else if (scope instanceof ExportScope.GroupMembers group) {
            members.find(group.id(), job.kickOff(), ids -> cohorts.add(id, ids, job.kickOff()));
        }
    }

    /** Forgets the patients again. */
    void forgetPatients(UUID id) {
        cohorts.clear(id);
    }

    /** The types that the export can hold, by name. */
    List<ResourceType> types(ExportJob job) {
        List<String> wanted = job.request().types();
        return ranges.usedTypes().stream()
                .filter(type -> wanted.isEmpty() || wanted.contains(type.name()))
                .filter(type -> job.request().scope() instanceof ExportScope.Everything || compartment.covers(type))
                .toList();
    }

    /** The rows of one type, before its filters. */
    RowQuery query(UUID id, ExportJob job, ResourceType type, RowQuery.What what) {
        return new RowQuery(type, job.transactionTime(), job.request().since(), membership(id, job, type), what);
    }

    /** The filters of one type; a resource needs to match one of them. None = every row is taken. */
    List<TypeFilter> filters(ExportJob job, ResourceType type) {
        List<Issue> issues = new ArrayList<>();
        List<TypeFilter> parsed = filters.parse(job.request().typeFilters(), job.transactionTime(), issues);
        if (!issues.isEmpty()) {
            throw new IllegalStateException("A filter that was accepted is refused now: " + issues);
        }
        return parsed.stream().filter(filter -> filter.type().equals(type)).toList();
    }

    /** What could not be followed on the way to the patients. */
    List<String> warnings(ExportJob job) {
        return job.request().scope() instanceof ExportScope.GroupMembers group
                ? members.find(group.id(), job.kickOff(), ids -> {})
                : List.of();
    }

    private Membership membership(UUID id, ExportJob job, ResourceType type) {
        ExportScope scope = job.request().scope();
        if (scope instanceof ExportScope.GroupMembers group) {
            Membership members = cohorts.members(id);
            // The group itself, and no other group that a member may be in; nothing at all of a group without members.
            return type.equals(ResourceType.GROUP) && !members.isNobody() ? new Membership.Only(group.id()) : members;
        }
        return scope instanceof ExportScope.AllPatients ? cohorts.anyPatientPresent(id) : new Membership.Everything();
    }
}
