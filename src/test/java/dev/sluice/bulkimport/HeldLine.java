package dev.sluice.bulkimport;

import static org.awaitility.Awaitility.await;

import dev.sluice.SluiceServer;
import java.time.Duration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Holds a batch of an import back in the middle of its transaction, at the line of one resource. */
final class HeldLine implements AutoCloseable {
    private static final int LOCK = 4711;

    private static final String LOCKS = "select count(*) from pg_locks where locktype = 'advisory' and objid = " + LOCK
            + " and database = (select oid from pg_database where datname = current_database())";

    private final JdbcTemplate jdbc;
    private final SingleConnectionDataSource holder;

    private HeldLine(JdbcTemplate jdbc, SingleConnectionDataSource holder) {
        this.jdbc = jdbc;
        this.holder = holder;
    }

    /** From now on, whoever writes a resource with this id waits. */
    static HeldLine of(SluiceServer server, String database, String id) {
        JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
        SingleConnectionDataSource holder = new SingleConnectionDataSource(database, true);
        new JdbcTemplate(holder).queryForList("select pg_advisory_lock(" + LOCK + ")");
        jdbc.execute(
                "create or replace function hold_line() returns trigger language plpgsql as $$ begin"
                        + " if new.id = '" + id + "' then perform pg_advisory_xact_lock(" + LOCK + "); end if;"
                        + " return new; end $$;"
                        + " create or replace trigger hold_line before insert on resource for each row execute function hold_line()");
        return new HeldLine(jdbc, holder);
    }

    /** Waits until somebody writes it. */
    void awaitWriter() {
        await().atMost(Duration.ofSeconds(60)).until(() -> waiting() == 1);
    }

    /** Lets it be written, and waits until the transaction has ended. */
    @Override
    public void close() {
        holder.destroy();
        await().atMost(Duration.ofSeconds(60)).until(() -> count(LOCKS) == 0);
    }

    private long waiting() {
        return count(LOCKS + " and not granted");
    }

    private long count(String query) {
        Long count = jdbc.queryForObject(query, Long.class);
        return count == null ? 0 : count;
    }
}
