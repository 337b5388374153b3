package dev.sluice.filter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.r4.OwnBases;
import dev.sluice.r4.PatientCompartment;
import dev.sluice.r4.SearchParameters;
import dev.sluice.r4.TokenIndex;
import dev.sluice.store.CohortTable;
import dev.sluice.store.RowReader;
import dev.sluice.store.RowStream;
import dev.sluice.store.StoreInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

    private final SearchParameters parameters;
    private final RowReader rows;
    private final RowStream stream;
    private final IndexLookupBuilder lookups;
    private final Cache<Context, ChainLookup> chains =
            Caffeine.newBuilder().maximumSize(EXPORTS).build();

    public FilterCompiler(SearchParameters parameters, RowReader rows, RowStream stream, IndexLookupBuilder lookups) {
        this.parameters = parameters;
        this.rows = rows;
        this.stream = stream;
        this.lookups = lookups;
    }

    /** A compiler for the store with this source of connections, with its own definitions of R4. */
    public static FilterCompiler of(DataSource source) {
        SearchParameters parameters = new SearchParameters();
        FilterIndex index = new FilterIndex(new TokenIndex(parameters), new PatientCompartment(parameters));
        IndexLookupBuilder lookups = new IndexLookupBuilder(index, new StoreInfo(source), new CohortTable(source));
        return new FilterCompiler(parameters, new RowReader(source), new RowStream(source), lookups);
    }

    /** The key of cached results: the state of other resources depends on nothing else. */
    private record Context(Instant asOf, OwnBases bases) {}

    /**
     * The filters of an export.
     *
     * @param filters their text, each a query such as {@code Observation?code=x}; it has been validated
     * @param asOf the closed timestamp whose state is exported
     * @param bases base URLs that mean this server in references
     */
    public CompiledFilters compile(List<String> filters, Instant asOf, OwnBases bases) {
        List<Issue> issues = new ArrayList<>();
        List<TypeFilter> parsed = new TypeFilterParser(parameters, bases).parse(filters, asOf, issues);
        if (!issues.isEmpty()) {
            throw new IllegalStateException("A filter that was accepted is refused now: " + issues);
        }
        ChainLookup chain =
                chains.get(new Context(asOf, bases), context -> new ChainLookup(rows, stream, lookups, context.asOf));
        return new CompiledFilters(parsed, bases, chain, lookups);
    }
}
