package dev.sluice.export;

import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.search.CodeIndex;
import dev.sluice.search.FilterUnion;
import dev.sluice.search.TypeFilter;
import dev.sluice.search.TypeFilterParser;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowReader;
import dev.sluice.store.RowStream;
import dev.sluice.store.StoreInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes the filters of exports: what the index narrows, and what decides. What a filter knows of other resources is kept
 * for the last few exports.
 */
@Component
class Filters {
    private static final int KEPT = 4;

    private final TypeFilterParser parser;
    private final CodeIndex index;
    private final StoreInfo store;
    private final RowReader rows;
    private final RowStream stream;
    private final Map<Instant, Links> links = new LinkedHashMap<>();

    Filters(TypeFilterParser parser, CodeIndex index, StoreInfo store, RowReader rows, RowStream stream) {
        this.parser = parser;
        this.index = index;
        this.store = store;
        this.rows = rows;
        this.stream = stream;
    }

    /** What decides on each resource of a type. */
    FilterUnion of(ExportJob job, ResourceType type) {
        return new FilterUnion(parse(job, type), links(job.transactionTime()));
    }

    /** What the index can tell of it before, if every row of this store is in the index; null if nothing. */
    RowQuery.@Nullable Lookup lookup(ExportJob job, ResourceType type) {
        List<TypeFilter> parsed = parse(job, type);
        return parsed.isEmpty() || !store.isIndexed(CodeIndex.VERSION)
                ? null
                : index.lookUp(parsed).map(RowQuery.Lookup::new).orElse(null);
    }

    /** The types that have filters, by name. */
    Set<String> types(ExportJob job) {
        return parse(job).stream().map(filter -> filter.type().name()).collect(Collectors.toCollection(TreeSet::new));
    }

    private List<TypeFilter> parse(ExportJob job, ResourceType type) {
        return parse(job).stream().filter(filter -> filter.type().equals(type)).toList();
    }

    private List<TypeFilter> parse(ExportJob job) {
        List<Issue> issues = new ArrayList<>();
        List<TypeFilter> parsed = parser.parse(job.request().content().typeFilters(), job.transactionTime(), issues);
        if (!issues.isEmpty()) {
            throw new IllegalStateException("A filter that was accepted is refused now: " + issues);
        }
        return parsed;
    }

    /** What is known of other resources as of a moment is the same for every export of that moment. */
    private synchronized Links links(Instant moment) {
        if (!links.containsKey(moment) && links.size() == KEPT) {
            links.remove(links.keySet().iterator().next());
        }
        return links.computeIfAbsent(moment, asOf -> new Links(rows, stream, asOf));
    }
}
