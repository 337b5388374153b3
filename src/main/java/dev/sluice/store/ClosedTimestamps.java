package dev.sluice.store;

import java.time.Instant;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Assigns the timestamps of writes, and closes timestamps for exports. The state of the store at a closed timestamp
 * cannot change.
 *
 * <p>Times have milliseconds and come from the database's clock. Every method must run inside a transaction. The SQL is
 * in {@code V2__closed_timestamps.sql}.
 */
@Component
public class ClosedTimestamps {
    /**
     * A call that has the rest of the transaction find rows by index only, to be part of a query before the look-ups.
     *
     * <p>PostgreSQL keeps the plan of a statement that a connection repeats. One that was made while a table was empty
     * reads all of it, and goes on to do so, batch after batch, however large the table has become.
     */
    public static final String BY_INDEX_ONLY = "set_config('enable_seqscan', 'off', true)";

    private final JdbcTemplate jdbc;

    ClosedTimestamps(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The latest closed timestamp: every write at or before it is committed, and none can be added. It is behind the
     * clock only while a writer is open.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Instant close() {
        return Instant.ofEpochMilli(call("select close_timestamp()"));
    }

    /**
     * A transaction that writes.
     *
     * @param timestamp of its writes, in milliseconds
     * @param serverStart when the server of the database was started, in microseconds; another server that took over has
     *     another time
     */
    record Opened(long timestamp, long serverStart) {}

    /** Makes the current transaction a writer, which looks up rows {@linkplain #BY_INDEX_ONLY by index only}. */
    Opened open() {
        String sql =
                "select write_timestamp(), (extract(epoch from pg_postmaster_start_time()) * 1000000)::bigint from "
                        + BY_INDEX_ONLY;
        return Objects.requireNonNull(
                jdbc.queryForObject(sql, (row, number) -> new Opened(row.getLong(1), row.getLong(2))), sql);
    }

    /**
     * A timestamp not before the given one, for a writer whose resource already has a version at or after the writer's
     * timestamp.
     */
    long advance(long needed) {
        return call("select advance_timestamp(" + needed + ")");
    }

    private long call(String sql) {
        return Objects.requireNonNull(jdbc.queryForObject(sql, Long.class), sql);
    }
}
