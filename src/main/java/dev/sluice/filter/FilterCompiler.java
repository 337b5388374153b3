package dev.sluice.filter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.r4.OwnBases;
import dev.sluice.r4.PatientCompartment;
import dev.sluice.r4.SearchParameters;
import dev.sluice.r4.TokenIndex;
import dev.sluice.store.RowReader;
import dev.sluice.store.RowStream;
import dev.sluice.store.StoreInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Compiles the text of filters for one state of the store. Results about other resources are cached while an export
 * runs, because all of its units need them.
 *
 * <p>Safe for use by any number of threads.
 */
public final class FilterCompiler {
    /** The number of exports with cached results; one may take about 100 MB. */
    private static final int EXPORTS = 4;

    /** Parsed filters are cached up to this many values: the units of an export share them. */
    private static final int WEIGHT = 200_000;

    private final SearchParameters parameters;
    private final RowReader rows;
    private final RowStream stream;
    private final FilterIndex index;
    private final Map<Context, ChainLookup> chains = lastUsed(EXPORTS);
    private final Cache<Text, List<TypeFilter>> parsed = Caffeine.newBuilder()
            .maximumWeight(WEIGHT)
            .<Text, List<TypeFilter>>weigher((text, filters) -> weight(filters))
            .build();

    public FilterCompiler(SearchParameters parameters, RowReader rows, RowStream stream, FilterIndex index) {
        this.parameters = parameters;
        this.rows = rows;
        this.stream = stream;
        this.index = index;
    }

    /** A compiler for the store with this source of connections, with its own definitions of R4. */
    public static FilterCompiler of(DataSource source) {
        SearchParameters parameters = new SearchParameters();
        FilterIndex index =
                new FilterIndex(new TokenIndex(parameters), new PatientCompartment(parameters), new StoreInfo(source));
        return new FilterCompiler(parameters, new RowReader(source), new RowStream(source), index);
    }

    /** The key of cached results: the state of other resources depends on nothing else. */
    private record Context(Instant asOf, OwnBases bases) {}

    private record Text(List<String> filters, Context context) {}

    private static <K, V> Map<K, V> lastUsed(int most) {
        return Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        });
    }

    private static int weight(List<TypeFilter> filters) {
        return 1
                + filters.stream()
                        .mapToInt(filter -> filter.size() + filter.toString().length() / 100)
                        .sum();
    }

    /**
     * The filters of an export.
     *
     * @param filters their text, each a query such as {@code Observation?code=x}; it has been validated
     * @param asOf the closed timestamp whose state is exported
     * @param bases base URLs that mean this server in references
     */
    public CompiledFilters compile(List<String> filters, Instant asOf, OwnBases bases) {
        Context context = new Context(asOf, bases);
        List<TypeFilter> known = parsed.get(new Text(List.copyOf(filters), context), this::parse);
        ChainLookup chain = known.isEmpty()
                ? new ChainLookup(rows, stream, index, asOf)
                : chains.computeIfAbsent(context, c -> new ChainLookup(rows, stream, index, c.asOf));
        return new CompiledFilters(known, bases, chain, index);
    }

    private List<TypeFilter> parse(Text text) {
        List<Issue> issues = new ArrayList<>();
        List<TypeFilter> filters =
                new TypeFilterParser(parameters, text.context.bases).parse(text.filters, text.context.asOf, issues);
        if (!issues.isEmpty()) {
            throw new IllegalStateException("A filter that was accepted is refused now: " + issues);
        }
        return filters;
    }
}
