package dev.sluice.planner;

import dev.sluice.fhir.ResourceType;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowRanges;
import dev.sluice.store.RowScope;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Counts the rows of several queries and divides them into ranges. One statement handles all queries that an index
 * narrows to a part of their table: each finds few rows, and a statement of its own would cost more than the count.
 *
 * <p>Safe for use by any number of threads.
 */
@Component
public class RowTotals {
    /** The largest number of rows that the first statement counts for a query. */
    private static final int FEW_ROWS = 100_000;

    /** Parallel workers are used only if the count takes much longer than their start. */
    private static final String FEW_WORKERS =
            "set local max_parallel_workers_per_gather to default; set local parallel_setup_cost to 100000";

    private final JdbcTemplate jdbc;
    private final RowRanges ranges;

    RowTotals(JdbcTemplate jdbc, RowRanges ranges) {
        this.jdbc = jdbc;
        this.ranges = ranges;
    }

    /** The types that have rows; see {@link RowRanges#usedTypes}. */
    public List<ResourceType> usedTypes() {
        return ranges.usedTypes();
    }

    /** The ranges of each query, in the order of the queries, as {@link RowRanges#cut} makes them. */
    public List<List<KeyRange>> cut(List<RowQuery> queries, long bytes) {
        return cut(queries, bytes, FEW_ROWS);
    }

    /** The same, with another limit of rows for the first statement. */
    List<List<KeyRange>> cut(List<RowQuery> queries, long bytes, int few) {
        List<List<KeyRange>> cut = new ArrayList<>();
        queries.forEach(query -> cut.add(isNarrow(query) ? List.of() : ranges.cut(query, bytes)));
        total(queries, few).forEach(total -> {
            RowQuery query = queries.get(total.query);
            boolean all = total.range.rows() <= few && total.range.bytes() <= bytes;
            cut.set(total.query, all ? List.of(total.range) : ranges.cut(query, bytes));
        });
        return cut;
    }

    /** The ranges of the rows of a query that have these keys. */
    List<KeyRange> cut(RowQuery query, KeyRange keys, long bytes) {
        return ranges.cut(query, keys, bytes);
    }

    /** The number of rows of all these queries. */
    public long count(List<RowQuery> queries) {
        List<RowQuery> narrow = queries.stream().filter(RowTotals::isNarrow).toList();
        long others = queries.stream()
                .filter(query -> !isNarrow(query))
                .mapToLong(ranges::count)
                .sum();
        return others + (narrow.isEmpty() ? 0 : ranges.count(narrow, FEW_WORKERS));
    }

    /**
     * The number of rows of one query, by its index: all of them, or one more than the limit of the first statement.
     */
    private record Total(int query, KeyRange range) {}

    /** The narrow queries among these that have rows. */
    private List<Total> total(List<RowQuery> queries, int few) {
        String totals = IntStream.range(0, queries.size())
                .filter(i -> isNarrow(queries.get(i)))
                .mapToObj(i -> "select " + i + ", min(key), max(key), count(*), sum(size)::bigint, max(size) from ("
                        + queries.get(i).keysAndSizes()
                        + " limit " + (few + 1) + ") s having count(*) > 0")
                .collect(Collectors.joining(" union all "));
        return totals.isEmpty()
                ? List.of()
                : jdbc.query(totals, (row, n) -> new Total(row.getInt(1), KeyRange.read(row, 2)));
    }

    /** Whether an index selects the rows, which are usually few. The rows of other queries may be most of a table. */
    private static boolean isNarrow(RowQuery query) {
        return query.since() != null
                || query.lookup() != null
                || query.scope() instanceof RowScope.FewPatients
                || query.scope() instanceof RowScope.Only
                || query.scope() instanceof RowScope.Nobody;
    }
}
