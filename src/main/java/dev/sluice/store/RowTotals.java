package dev.sluice.store;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.stereotype.Component;

/**
 * Cuts and counts the rows of several queries. Those that an index narrows to a part of their table are looked at in one
 * statement together: each finds little, and what it costs to ask would be more than the answer.
 *
 * <p>Safe for use by any number of threads.
 */
@Component
public class RowTotals {
    private static final Collector<CharSequence, ?, String> TOGETHER = Collectors.joining(" union all ");

    private final JdbcTemplate jdbc;
    private final RowRanges ranges;

    RowTotals(JdbcTemplate jdbc, RowRanges ranges) {
        this.jdbc = jdbc;
        this.ranges = ranges;
    }

    /** The ranges of each query, in the order of the queries, as {@link RowRanges#cut} makes them. */
    public List<List<KeyRange>> cut(List<RowQuery> queries, long bytes) {
        List<List<KeyRange>> cut = new ArrayList<>();
        queries.forEach(query -> cut.add(isNarrow(query) ? List.of() : ranges.cut(query, bytes)));
        total(queries).forEach(total -> {
            RowQuery query = queries.get(total.query);
            cut.set(total.query, total.range.bytes() <= bytes ? List.of(total.range) : ranges.cut(query, bytes));
        });
        return cut;
    }

    /** The number of rows of all these queries. */
    public long count(List<RowQuery> queries) {
        List<RowQuery> narrow = queries.stream().filter(RowTotals::isNarrow).toList();
        long others = queries.stream()
                .filter(query -> !isNarrow(query))
                .mapToLong(ranges::count)
                .sum();
        String counts = narrow.stream()
                .map(query -> "select count(*) from " + query.from())
                .collect(TOGETHER);
        return others
                + ask(counts, (row, n) -> row.getLong(1)).stream()
                        .mapToLong(Long::longValue)
                        .sum();
    }

    /** All rows of one query, by its number. */
    private record Total(int query, KeyRange range) {}

    /** Of the narrow ones among these queries, those that have rows. */
    private List<Total> total(List<RowQuery> queries) {
        String totals = IntStream.range(0, queries.size())
                .filter(i -> isNarrow(queries.get(i)))
                .mapToObj(i -> "select " + i + ", min(key), max(key), count(*), sum("
                        + queries.get(i).size() + ")::bigint from "
                        + queries.get(i).from() + " having count(*) > 0")
                .collect(TOGETHER);
        return ask(
                totals,
                (row, n) -> new Total(
                        row.getInt(1), new KeyRange(row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5))));
    }

    private <T> List<T> ask(String sql, RowMapper<T> mapper) {
        if (sql.isEmpty()) {
            return List.of();
        }
        return jdbc.query(sql, mapper);
    }

    /** Whether an index leads to the rows, which are commonly few; of the others there may be most of a table. */
    private static boolean isNarrow(RowQuery query) {
        return query.lookup() != null
                || query.members() instanceof Membership.FewPatients
                || query.members() instanceof Membership.Only
                || query.members() instanceof Membership.Nobody;
    }
}
