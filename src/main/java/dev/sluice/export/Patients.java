package dev.sluice.export;

import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.FhirProblem.Severity;
import dev.sluice.fhir.ResourceType;
import dev.sluice.store.Cohorts;
import dev.sluice.store.Cohorts.Part;
import dev.sluice.store.Membership;
import dev.sluice.web.BaseUrl;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Finds the patients of an export once, and says afterwards whose compartments it takes.
 *
 * <p>At Patient level they are all who are not deleted at the kick-off, at Group level the members who are there,
 * whatever {@code _until} says of their data. With {@code
 * _since} they are compared with those of that moment: who joined brings a whole compartment, and the data of who left
 * is listed as deleted.
 */
@Component
class Patients {
    private final Cohorts cohorts;
    private final GroupMembers members;
    private final BaseUrl base;
    private final ExportSettings settings;

    Patients(Cohorts cohorts, GroupMembers members, BaseUrl base, ExportSettings settings) {
        this.cohorts = cohorts;
        this.members = members;
        this.base = base;
        this.settings = settings;
    }

    /** A 404 problem if the group of an export is not there. */
    void require(ExportScope scope) {
        if (scope instanceof ExportScope.GroupMembers group) {
            members.require(group.id());
        }
    }

    /** Finds the patients of an export, all or none; doing it again gives the same. */
    @Transactional
    public void find(UUID id, ExportJob job) {
        cohorts.clear(id);
        Instant since = job.request().since();
        ExportScope scope = job.request().scope();
        if (scope instanceof ExportScope.AllPatients && job.request().patients().isEmpty()) {
            cohorts.addAbsent(id, job.kickOff());
            if (since != null) {
                cohorts.comparePatients(id, since, job.kickOff());
            }
        } else if (!(scope instanceof ExportScope.Everything)) {
            named(job, job.kickOff(), ids -> cohorts.addMembers(id, ids, job.kickOff()));
            if (since != null) {
                named(job, since, ids -> cohorts.addBefore(id, ids));
                cohorts.compareMembers(id, since);
            }
        }
    }

    /** The patients who are named by the group at a moment, by the request, or by both. */
    private void named(ExportJob job, Instant moment, Consumer<List<String>> taker) {
        Set<String> wanted = Set.copyOf(job.request().patients());
        if (job.request().scope() instanceof ExportScope.GroupMembers group) {
            members.find(
                    group.id(),
                    moment,
                    base.own(job.base()),
                    ids -> taker.accept(
                            wanted.isEmpty()
                                    ? ids
                                    : ids.stream().filter(wanted::contains).toList()));
        } else {
            taker.accept(job.request().patients());
        }
    }

    /** Whose resources of a type belong to one part of the export. */
    Membership of(UUID id, ExportJob job, ResourceType type, Part part) {
        ExportScope scope = job.request().scope();
        if (part == Part.JOINED && settings.newMembers() == ExportSettings.NewMembers.CHANGES) {
            return new Membership.Nobody();
        }
        if (scope instanceof ExportScope.GroupMembers group && type.equals(ResourceType.GROUP)) {
            return theGroup(id, group, part);
        }
        if (part == Part.MEMBERS && scope instanceof ExportScope.Everything) {
            return new Membership.Everything();
        }
        boolean all = scope instanceof ExportScope.AllPatients
                && job.request().patients().isEmpty();
        return part == Part.MEMBERS && all ? cohorts.anyPatientPresent(id) : cohorts.members(id, part);
    }

    /** The group itself, and no other group that a member may be in; nothing at all of a group without members. */
    private Membership theGroup(UUID id, ExportScope.GroupMembers group, Part part) {
        long now = cohorts.size(id, Part.MEMBERS);
        boolean belongs = switch (part) {
            case JOINED -> now > 0 && now == cohorts.size(id, Part.JOINED);
            case LEFT -> now == 0 && cohorts.size(id, Part.BEFORE) > 0;
            default -> now > 0;
        };
        return belongs ? new Membership.Only(group.id()) : new Membership.Nobody();
    }

    /** What the client should know: of its request, and of what could not be followed on the way to the patients. */
    List<Issue> warnings(ExportJob job) {
        List<Issue> issues = new ArrayList<>(job.request().warnings());
        if (job.request().scope() instanceof ExportScope.GroupMembers group) {
            members.find(group.id(), job.kickOff(), base.own(job.base()), ids -> {})
                    .forEach(text -> issues.add(new Issue(Severity.WARNING, "not-found", text)));
        }
        return issues;
    }

    /** Forgets the patients. */
    void forget(UUID id) {
        cohorts.clear(id);
    }
}
