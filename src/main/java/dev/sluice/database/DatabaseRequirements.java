package dev.sluice.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Checks the requirements of Sluice that it cannot set in the database itself. Without the check, errors would occur
 * later and be less clear.
 */
final class DatabaseRequirements {
    private static final int OLDEST_VERSION = 140000;

    private final DataSource dataSource;

    DatabaseRequirements(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Returns if the database will do.
     *
     * @throws IllegalStateException with a sentence that says what is missing, and how to mend it
     */
    void check() {
        try (Connection connection = dataSource.getConnection()) {
            checkVersion(connection);
            checkEncoding(connection);
            checkSchema(connection);
            checkSessions(connection);
        } catch (SQLException e) {
            throw FailoverExceptionTranslator.translated(new JdbcTemplate(dataSource), e);
        }
    }

    private static void checkVersion(Connection connection) throws SQLException {
        if (Integer.parseInt(ask(connection, "show server_version_num")) < OLDEST_VERSION) {
            throw new IllegalStateException("The database is PostgreSQL " + ask(connection, "show server_version")
                    + "; Sluice needs PostgreSQL 14 or newer.");
        }
    }

    private static void checkEncoding(Connection connection) throws SQLException {
        String encoding = ask(connection, "show server_encoding");
        if (!encoding.equals("UTF8")) {
            throw new IllegalStateException(
                    "The database '" + ask(connection, "select current_database()")
                            + "' has the encoding " + encoding
                            + ", which cannot hold every character of FHIR. Make one with"
                            + " \"create database ... encoding 'UTF8' template template0\", and name it in spring.datasource.url.");
        }
    }

    private static void checkSchema(Connection connection) throws SQLException {
        if (ask(connection, "select coalesce(current_schema(), '')").isEmpty()) {
            throw new IllegalStateException("The search_path of the database's user is '"
                    + ask(connection, "show search_path") + "', in which no schema exists. Make the schema, or name"
                    + " another one with \"alter role ... set search_path = ...\" or ?currentSchema=... in"
                    + " spring.datasource.url.");
        }
    }

    /**
     * Settings and locks belong to a session. A pooler that gives a session to a client for the length of a transaction
     * only shows itself: while another client is in a transaction, a client is in another session than before, or in the
     * other one's.
     */
    private void checkSessions(Connection first) throws SQLException {
        String pid = "select pg_backend_pid()::text";
        String before = ask(first, pid);
        try (Connection second = dataSource.getConnection()) {
            second.setAutoCommit(false);
            boolean own = !ask(second, pid).equals(before) && ask(first, pid).equals(before);
            second.rollback();
            second.setAutoCommit(true);
            if (!own) {
                throw new IllegalStateException(
                        "spring.datasource.url leads to a connection pooler in transaction mode,"
                                + " such as PgBouncer with pool_mode = transaction. Sluice has a pool of its own, and needs the"
                                + " same session for the whole life of a connection: name PostgreSQL itself, or a pooler in"
                                + " session mode (pool_mode = session).");
            }
        }
    }

    private static String ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
