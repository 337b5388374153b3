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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes the filters of exports: what the index narrows, and what decides. What was made of a request, and what a filter
 * knows of other resources, is kept for the last few exports: it is asked for with each type and file.
 */
@Component
class Filters {
    /** Of so many requests the parsed filters are kept. */
    private static final int REQUESTS = 16;

    /** Of so many moments what is known of other resources is kept; this is larger. */
    private static final int MOMENTS = 4;

    private final TypeFilterParser parser;
    private final CodeIndex index;
    private final StoreInfo store;
    private final RowReader rows;
    private final RowStream stream;
    private final Map<Written, List<TypeFilter>> parsed = lastUsed(REQUESTS);
    private final Map<Known, Links> links = lastUsed(MOMENTS);

    Filters(TypeFilterParser parser, CodeIndex index, StoreInfo store, RowReader rows, RowStream stream) {
        this.parser = parser;
        this.index = index;
        this.store = store;
        this.rows = rows;
        this.stream = stream;
    }

    /** What decides on each resource of a type. */
    FilterUnion of(ExportJob job, ResourceType type) {
        return new FilterUnion(parse(job, type), links(job));
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

    /** Filters as a request gives them; what they mean may depend on the moment. */
    private record Written(List<String> filters, Instant moment, String base) {}

    private List<TypeFilter> parse(ExportJob job) {
        List<String> filters = job.request().content().typeFilters();
        return parsed.computeIfAbsent(new Written(filters, job.transactionTime(), job.base()), this::parse);
    }

    private List<TypeFilter> parse(Written written) {
        List<Issue> issues = new ArrayList<>();
        List<TypeFilter> filters = parser.reachedBy(written.base).parse(written.filters, written.moment, issues);
        if (!issues.isEmpty()) {
            throw new IllegalStateException("A filter that was accepted is refused now: " + issues);
        }
        return filters;
    }

    /** What is known of other resources as of a moment, by those who use the same base. */
    private record Known(Instant moment, String base) {}

    /** What is known of other resources as of a moment is the same for every export of that moment. */
    private Links links(ExportJob job) {
        return links.computeIfAbsent(
                new Known(job.transactionTime(), job.base()), known -> new Links(rows, stream, known.moment));
    }

    /** Keeps what was used last; any thread may use it. */
    private static <K, V> Map<K, V> lastUsed(int kept) {
        return Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > kept;
            }
        });
    }
}
