package dev.sluice.feed;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;

/** Holds a lock of the database until it is closed, so that processes wait at a known place. */
final class HeldLock implements AutoCloseable {
    private static final String WAITING = "select count(*) from pg_stat_activity where datname = current_database()"
            + " and wait_event_type = 'Lock' and query like ?";

    private final Connection connection;

    /**
     * Takes the lock.
     *
     * @param url the database
     * @param statement takes it until the end of the transaction
     */
    HeldLock(String url, String statement) throws SQLException {
        connection = DriverManager.getConnection(url);
        connection.setAutoCommit(false);
        try (Statement lock = connection.createStatement()) {
            lock.execute(statement);
        }
    }

    /** Waits until so many processes wait for a lock with a statement like this. */
    void awaitWaiting(JdbcTemplate jdbc, int processes, String statement) {
        await("processes that wait with " + statement)
                .until(() ->
                        Objects.requireNonNull(jdbc.queryForObject(WAITING, Integer.class, statement)) >= processes);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
