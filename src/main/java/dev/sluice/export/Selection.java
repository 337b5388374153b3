package dev.sluice.export;

import dev.sluice.fhir.ResourceType;
import dev.sluice.search.FilterUnion;
import dev.sluice.search.RootElements;
import dev.sluice.store.Gathering;
import dev.sluice.store.Membership;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowQuery.What;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Says which rows an export takes: what PostgreSQL selects, as {@link RowQuery}, and what is decided on the resource
 * itself, as a {@link FilterUnion}.
 */
@Component
class Selection {
    private final Reach reach;
    private final Gathering gathering;
    private final Filters filters;
    private final RootElements elements;

    Selection(Reach reach, Gathering gathering, Filters filters, RootElements elements) {
        this.reach = reach;
        this.gathering = gathering;
        this.filters = filters;
        this.elements = elements;
    }

    /** All rows of the export, before its filters: for each type, by name, its resources and then its deletions. */
    List<RowQuery> queries(UUID id, ExportJob job) {
        List<RowQuery> queries = new ArrayList<>();
        for (ResourceType type : reach.types(job)) {
            queries.add(query(id, job, type, What.RESOURCES));
            if (job.request().listsDeletions()) {
                queries.add(query(id, job, type, What.DELETIONS));
            }
        }
        return queries;
    }

    /** The resources of the export, before its filters: for each type, by name. */
    List<RowQuery> resources(UUID id, ExportJob job) {
        return queries(id, job).stream()
                .filter(query -> query.what() == What.RESOURCES)
                .toList();
    }

    /** The resources of one type as they are at the export's moment, changed or not: what blocks may be of. */
    List<Rows> heads(UUID id, ExportJob job, ResourceType type) {
        List<Membership> members = isGathered(id, job, type)
                ? List.of(
                        gathering.rows(id, type, Gathering.Part.PRESENT),
                        gathering.rows(id, type, Gathering.Part.KNOWN))
                : List.of(reach.rows(id, job, type, What.RESOURCES).members());
        return members.stream()
                .map(some -> rows(RowQuery.of(type, job.transactionTime(), some), job))
                .toList();
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
        return rows(query(id, job, type, what), job);
    }

    /** These rows of an export, and what is done with them. */
    Rows rows(RowQuery query, ExportJob job) {
        return new Rows(query, filters.of(job, query.type()), elements(job, query.type()));
    }

    private RowQuery query(UUID id, ExportJob job, ResourceType type, What what) {
        if (!isGathered(id, job, type)) {
            return reach.rows(id, job, type, what);
        }
        Gathering.Part part = what == What.RESOURCES ? Gathering.Part.PRESENT : Gathering.Part.GONE;
        return RowQuery.of(type, job.transactionTime(), gathering.rows(id, type, part))
                .giving(what);
    }

    private boolean isGathered(UUID id, ExportJob job, ResourceType type) {
        return reach.isGathered(job, type) && !gathering.isNeedless(id);
    }

    /** What is left of the resources of each type; a type that is not in it is left whole. */
    Map<String, Elements> elements(ExportJob job) {
        Map<String, Elements> left = new HashMap<>();
        for (ResourceType type : reach.types(job)) {
            Elements elements = elements(job, type);
            if (elements != null) {
                left.put(type.name(), elements);
            }
        }
        return left;
    }

    /** A type that no element is asked for by name is left whole. */
    private @Nullable Elements elements(ExportJob job, ResourceType type) {
        List<String> wanted = job.request().content().elements().stream()
                .filter(element -> !element.contains(".") || element.startsWith(type + "."))
                .map(element -> element.substring(element.indexOf('.') + 1))
                .toList();
        return wanted.isEmpty() ? null : new Elements(elements.staying(type, wanted));
    }
}
