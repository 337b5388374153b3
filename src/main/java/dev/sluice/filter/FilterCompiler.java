package dev.sluice.filter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.fhir.FhirException.Issue;
import dev.sluice.json.MemoryBudget;
import dev.sluice.r4.OwnBases;
import dev.sluice.r4.PatientCompartment;
import dev.sluice.r4.SearchParameters;
import dev.sluice.r4.TokenIndex;
import dev.sluice.store.RowReader;
import dev.sluice.store.RowStream;
import dev.sluice.store.StoreInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Compiles the text of filters for one state of the store. Parsed filters, and results about other resources, are cached
 * while an export runs, because all of its units need them.
 *
 * <p>Safe for use by any number of threads.
 */
public final class FilterCompiler {
    /** Parsed filters are cached in a sixteenth of the heap. */
    private static final long PARSED_BYTES = Runtime.getRuntime().maxMemory() / 16;

    private static final int UNIT = 1 << 10;

    private final SearchParameters parameters;
    private final LinkedResources linked;
    private final FilterIndex index;
    private final MemoryBudget memory;
    private final Cache<Text, List<TypeFilter>> parsed = Caffeine.newBuilder()
            .maximumWeight(PARSED_BYTES / UNIT)
            .<Text, List<TypeFilter>>weigher((text, filters) -> weight(filters))
            .build();

    public FilterCompiler(
            SearchParameters parameters, RowReader rows, RowStream stream, FilterIndex index, MemoryBudget memory) {
        this.parameters = parameters;
        this.linked = new LinkedResources(rows, stream, index, memory);
        this.index = index;
        this.memory = memory;
    }

    /** A compiler for the store with this source of connections, with its own definitions of R4. */
    public static FilterCompiler of(DataSource source) {
        SearchParameters parameters = new SearchParameters();
        FilterIndex index =
                new FilterIndex(new TokenIndex(parameters), new PatientCompartment(parameters), new StoreInfo(source));
        return new FilterCompiler(
                parameters, new RowReader(source), new RowStream(source), index, MemoryBudget.forThisMachine());
    }

    /**
     * The key of parsed filters, without their text, which may be long.
     *
     * @param sha256 of the text
     * @param asOf the time that the values are relative to
     */
    private record Text(String sha256, Instant asOf, OwnBases bases) {}

    private static int weight(List<TypeFilter> filters) {
        return (int) (1 + filters.stream().mapToLong(TypeFilter::bytes).sum() / UNIT);
    }

    /**
     * The filters of an export.
     *
     * @param filters their text, each a query such as {@code Observation?code=x}; it has been validated
     * @param asOf the closed timestamp whose state is exported
     * @param bases base URLs that mean this server in references
     */
    public CompiledFilters compile(List<String> filters, Instant asOf, OwnBases bases) {
        Text key = new Text(DigestUtils.sha256Hex(String.join("\n", filters)), asOf, bases);
        List<TypeFilter> known = parsed.get(key, text -> parse(filters, text));
        return new CompiledFilters(
                known, bases, known.isEmpty() ? linked.newLookup(asOf) : linked.asOf(asOf, bases), index);
    }

    private List<TypeFilter> parse(List<String> filters, Text text) {
        List<Issue> issues = new ArrayList<>();
        List<TypeFilter> read = new TypeFilterParser(parameters, text.bases, memory).parse(filters, text.asOf, issues);
        if (!issues.isEmpty()) {
            throw new IllegalStateException("A filter that was accepted is refused now: " + issues);
        }
        return read;
    }
}
