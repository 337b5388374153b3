package dev.sluice.export;

import dev.sluice.fhir.FhirProblem.Issue;
import dev.sluice.fhir.ResourceType;
import dev.sluice.search.FilterUnion;
import dev.sluice.search.TypeFilter;
import dev.sluice.search.TypeFilterParser;
import dev.sluice.store.Lookup;
import dev.sluice.store.RowReader;
import dev.sluice.store.RowStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes the filters of exports: what the index narrows, and what decides. What was made of a request, and what a filter
 * knows of other resources, is kept for the last few exports: it is asked for with each type and file.
 */
@Component
class Filters {
    /** The parsed filters of requests are kept as long as they have so many values together. */
    private static final int VALUES = 200_000;

    /** Of so many moments what is known of other resources is kept; this is larger. */
    private static final int MOMENTS = 4;

    private final TypeFilterParser parser;
    private final IndexLookups lookups;
    private final RowReader rows;
    private final RowStream stream;
    private final WeightedCache<Written, Parsed> parsed = new WeightedCache<>(VALUES, Parsed::size);
    private final WeightedCache<Known, Links> links = new WeightedCache<>(MOMENTS, known -> 1);

    Filters(TypeFilterParser parser, IndexLookups lookups, RowReader rows, RowStream stream) {
        this.parser = parser;
        this.lookups = lookups;
        this.rows = rows;
        this.stream = stream;
    }

    /** What decides on each resource of a type. */
    FilterUnion of(ExportJob job, ResourceType type) {
        return new FilterUnion(parse(job).of(type), links(job));
    }

    /** What indexes can tell of it before; null if nothing. */
    @Nullable
    Lookup lookup(ExportJob job, ResourceType type) {
        return parse(job).lookup(type, lookups, job.generation()).orElse(null);
    }

    /** The types that have filters, by name. */
    Set<String> types(ExportJob job) {
        return parse(job).filters.stream()
                .map(filter -> filter.type().name())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Filters as a request gives them; what they mean may depend on the moment. */
    private record Written(List<String> filters, Instant moment, String base) {}

    /** What indexes are asked about a type, by a generation of look-ups. */
    private record Asked(ResourceType type, int generation) {}

    /**
     * Filters as they are asked.
     *
     * @param lookups by type and generation, what was found that indexes can tell
     */
    private record Parsed(List<TypeFilter> filters, Map<Asked, Optional<Lookup>> lookups) {
        List<TypeFilter> of(ResourceType type) {
            return filters.stream().filter(filter -> filter.type().equals(type)).toList();
        }

        Optional<Lookup> lookup(ResourceType type, IndexLookups found, int generation) {
            return lookups.computeIfAbsent(
                    new Asked(type, generation), asked -> Optional.ofNullable(found.of(of(type), generation)));
        }

        /** A long text weighs as some values. */
        long size() {
            return 1
                    + filters.stream()
                            .mapToLong(
                                    filter -> filter.size() + filter.toString().length() / 100)
                            .sum();
        }
    }

    private Parsed parse(ExportJob job) {
        Written written = new Written(job.request().content().typeFilters(), job.transactionTime(), job.base());
        Parsed known = parsed.find(written);
        if (known == null) {
            known = parse(written);
            parsed.put(written, known);
        }
        return known;
    }

    private Parsed parse(Written written) {
        List<Issue> issues = new ArrayList<>();
        List<TypeFilter> filters = parser.reachedBy(written.base).parse(written.filters, written.moment, issues);
        if (!issues.isEmpty()) {
            throw new IllegalStateException("A filter that was accepted is refused now: " + issues);
        }
        return new Parsed(filters, new ConcurrentHashMap<>());
    }

    /** What is known of other resources as of a moment, by those who use the same base. */
    private record Known(Instant moment, String base) {}

    /** What is known of other resources as of a moment is the same for every export of that moment. */
    private synchronized Links links(ExportJob job) {
        Known key = new Known(job.transactionTime(), job.base());
        Links known = links.find(key);
        if (known == null) {
            known = new Links(rows, stream, lookups, key.moment);
            links.put(key, known);
        }
        return known;
    }
}
