package dev.sluice.planner;

import dev.sluice.database.LongRead;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowScope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Estimates the number of rows of a query from a sample of the pages of its table. The cost does not grow with the
 * table.
 *
 * <p>A table of few pages is read completely, and the result is exact. The result is also exact for a few patients
 * whose rows the sample mostly missed, if the index counts them quickly.
 */
@Component
public class RowSample {
    private static final int PAGES = 256;
    private static final int ENOUGH_ROWS = 50;
    private static final int BODIES = 400;

    private final JdbcTemplate jdbc;

    RowSample(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The estimate for a query.
     *
     * @param rows the approximate number of rows
     * @param bytes the approximate size of their NDJSON
     * @param exact whether every row was counted
     * @param bodies some of them, at most 400
     */
    public record Estimate(long rows, long bytes, boolean exact, List<byte[]> bodies) {}

    /**
     * Samples the rows of a query. Runs in the caller's transaction, which may hold a cohort that is not yet committed.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Estimate of(RowQuery query) {
        jdbc.execute(LongRead.SETTINGS); // the caller applies filters to the sample first
        Long pages = jdbc.queryForObject(
                "select pg_relation_size(?::regclass) / current_setting('block_size')::int", Long.class, query.table());
        double percent = pages == null || pages <= 2 * PAGES ? 100 : 100.0 * PAGES / pages;
        String sampled = percent == 100
                ? query.from()
                : query.table()
                        + String.format(Locale.ROOT, " tablesample system (%.6f) where ", percent)
                        + query.condition();
        Estimate estimate = count(sampled, percent == 100);
        boolean indexed = query.lookup() != null || query.scope() instanceof RowScope.FewPatients;
        if (!estimate.exact && estimate.rows < ENOUGH_ROWS && indexed) {
            return countByIndex(query, estimate);
        }
        double times = 100 / percent;
        return new Estimate(
                Math.round(estimate.rows * times),
                Math.round(estimate.bytes * times),
                estimate.exact,
                bodies(query, sampled));
    }

    private Estimate countByIndex(RowQuery query, Estimate otherwise) {
        jdbc.execute("savepoint counting");
        try {
            jdbc.execute("set local statement_timeout = 300");
            Estimate counted = count(query.from(), true);
            return new Estimate(counted.rows, counted.bytes, true, bodies(query, query.from()));
        } catch (QueryTimeoutException tooMany) {
            jdbc.execute("rollback to savepoint counting");
            return otherwise;
        } finally {
            jdbc.execute("set local statement_timeout = 0");
        }
    }

    private Estimate count(String from, boolean exact) {
        Estimate counted = jdbc.queryForObject(
                "select count(*), coalesce(sum(bytes), 0) from " + from,
                (row, n) -> new Estimate(row.getLong(1), row.getLong(2), exact, List.of()));
        return counted == null ? new Estimate(0, 0, exact, List.of()) : counted;
    }

    private List<byte[]> bodies(RowQuery query, String sampled) {
        List<byte[]> bodies = new ArrayList<>();
        if (query.content() == RowQuery.RowContent.RESOURCES) {
            // Large resources are skipped: they cost more and tell no more about a filter than small ones.
            jdbc.query("select " + query.column() + " from " + sampled + " and bytes < 100000 limit " + BODIES, row -> {
                bodies.add(row.getString(1).getBytes(StandardCharsets.UTF_8));
            });
        }
        return bodies;
    }
}
