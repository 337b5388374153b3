package dev.sluice.export;

import dev.sluice.fhir.ResourceType;
import dev.sluice.search.FilterUnion;
import dev.sluice.search.PatientCompartment;
import dev.sluice.search.RootElements;
import dev.sluice.store.Cohorts.Part;
import dev.sluice.store.Membership;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowQuery.What;
import dev.sluice.store.RowRanges;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Says which rows an export takes: what PostgreSQL selects, as {@link RowQuery}, and what is decided on the resource
 * itself, as a {@link FilterUnion}.
 */
@Component
class Selection {
    private final RowRanges ranges;
    private final Patients patients;
    private final PatientCompartment compartment;
    private final Filters filters;
    private final RootElements elements;

    Selection(
            RowRanges ranges,
            Patients patients,
            PatientCompartment compartment,
            Filters filters,
            RootElements elements) {
        this.ranges = ranges;
        this.patients = patients;
        this.compartment = compartment;
        this.filters = filters;
        this.elements = elements;
    }

    /** All rows of the export, before its filters: for each type, by name, its resources and then its deletions. */
    List<RowQuery> queries(UUID id, ExportJob job) {
        List<RowQuery> queries = new ArrayList<>();
        for (ResourceType type : types(job)) {
            queries.add(query(id, job, type, What.RESOURCES));
            if (job.request().since() != null) {
                queries.add(query(id, job, type, What.DELETIONS));
            }
        }
        return queries;
    }

    /**
     * The rows of one type.
     *
     * @param query what PostgreSQL selects
     * @param filter decides on each resource
     * @param elements what is left of each; null = all
     */
    record Rows(
            RowQuery query, FilterUnion filter, @Nullable Elements elements) {}

    /** The rows of one type, and what is done with them. */
    Rows rows(UUID id, ExportJob job, ResourceType type, What what) {
        return new Rows(query(id, job, type, what), filters.of(job, type), elements(job, type));
    }

    private RowQuery query(UUID id, ExportJob job, ResourceType type, What what) {
        Membership members = patients.of(id, job, type, Part.MEMBERS);
        RowQuery.Since since = job.request().since() == null
                ? null
                : new RowQuery.Since(
                        job.request().since(),
                        patients.of(id, job, type, Part.JOINED),
                        patients.of(id, job, type, Part.LEFT));
        return new RowQuery(
                type,
                job.transactionTime(),
                since,
                members,
                what == What.RESOURCES ? filters.lookup(job, type) : null,
                what);
    }

    /** A type that no element is asked for by name is left whole. */
    private @Nullable Elements elements(ExportJob job, ResourceType type) {
        List<String> wanted = job.request().content().elements().stream()
                .filter(element -> !element.contains(".") || element.startsWith(type + "."))
                .map(element -> element.substring(element.indexOf('.') + 1))
                .toList();
        return wanted.isEmpty() ? null : new Elements(elements.staying(type, wanted));
    }

    private List<ResourceType> types(ExportJob job) {
        List<String> wanted = job.request().content().types();
        return ranges.usedTypes().stream()
                .filter(type -> wanted.isEmpty() || wanted.contains(type.name()))
                .filter(type -> job.request().scope() instanceof ExportScope.Everything || compartment.covers(type))
                .toList();
    }
}
