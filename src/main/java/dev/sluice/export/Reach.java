package dev.sluice.export;

import dev.sluice.fhir.ResourceType;
import dev.sluice.search.PatientCompartment;
import dev.sluice.store.Cohorts.Part;
import dev.sluice.store.Lookup;
import dev.sluice.store.Membership;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowQuery.What;
import dev.sluice.store.RowRanges;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Says how far the level, the types and the moments of a request reach: which rows they select by themselves, and of which
 * types it must be gathered, row by row, what belongs to the export.
 */
@Component
class Reach {
    private final RowRanges ranges;
    private final Patients patients;
    private final PatientCompartment compartment;
    private final Filters filters;

    Reach(RowRanges ranges, Patients patients, PatientCompartment compartment, Filters filters) {
        this.ranges = ranges;
        this.patients = patients;
        this.compartment = compartment;
        this.filters = filters;
    }

    /** The types that the export may have rows of, by name. */
    List<ResourceType> types(ExportJob job) {
        AssociatedData companions = job.request().companions();
        return ranges.usedTypes().stream()
                .filter(type -> asks(job, type)
                        || companions.bringReferenced(type)
                        || (companions.bringProvenance() && type.equals(ResourceType.PROVENANCE)))
                .toList();
    }

    /** Whether a request asks for a type by itself. */
    boolean asks(ExportJob job, ResourceType type) {
        List<String> wanted = job.request().content().types();
        return (wanted.isEmpty() || wanted.contains(type.name())) && (takesAll(job) || compartment.covers(type));
    }

    /** Whether the rows of a type are those that are gathered, and not what its compartments say. */
    boolean isGathered(ExportJob job, ResourceType type) {
        AssociatedData companions = job.request().companions();
        if (type.equals(ResourceType.PROVENANCE)) {
            return companions.bringProvenance() || (asks(job, type) && !takesAll(job));
        }
        if (companions.bringReferenced(type) && !(asks(job, type) && takesAll(job))) {
            return true;
        }
        return companions.any() && asks(job, type) && filters.types(job).contains(type.name());
    }

    /** Those of the types whose rows are gathered. */
    List<ResourceType> gatheredTypes(ExportJob job) {
        return types(job).stream().filter(type -> isGathered(job, type)).toList();
    }

    /** The rows of one type that the request selects by itself; none of a type that it does not ask for. */
    RowQuery rows(UUID id, ExportJob job, ResourceType type, What what) {
        Membership members = asks(job, type) ? patients.of(id, job, type, Part.MEMBERS) : new Membership.Nobody();
        Lookup lookup = what == What.RESOURCES ? filters.lookup(job, type) : null;
        return new RowQuery(type, job.transactionTime(), since(id, job, type), members, lookup, job.versions(), what);
    }

    /** The types that can be in the compartments of patients, by name. */
    Set<ResourceType> compartmentTypes() {
        return compartment.types();
    }

    /** The rows of one type in the compartments of the export, whether it is asked for or not, deletions included. */
    RowQuery compartment(UUID id, ExportJob job, ResourceType type) {
        return new RowQuery(
                type,
                job.transactionTime(),
                since(id, job, type),
                patients.of(id, job, type, Part.MEMBERS),
                null,
                new RowQuery.Versions(null, true),
                What.RESOURCES);
    }

    private RowQuery.@Nullable Since since(UUID id, ExportJob job, ResourceType type) {
        Instant moment = job.request().since();
        return moment == null
                ? null
                : new RowQuery.Since(
                        moment, patients.of(id, job, type, Part.JOINED), patients.of(id, job, type, Part.LEFT));
    }

    private static boolean takesAll(ExportJob job) {
        return job.request().scope() instanceof ExportScope.Everything;
    }
}
