package dev.sluice.benchmark;

import dev.sluice.OwnPostgres;
import dev.sluice.database.EmbeddedSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL of a run, and its databases. */
final class Postgres {
    /** The database's process, if it runs on this machine and this user sees it; 0 otherwise. */
    private final long pid;

    private final String url;

    private Postgres(String url) {
        this.url = url;
        this.pid = postmaster(url);
    }

    /** Starts one whose data is in a folder that does not exist yet. */
    static Postgres start(Path data) {
        return start(data, Map.of());
    }

    /** The same, with some settings in place of those of the embedded PostgreSQL. */
    static Postgres start(Path data, Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(EmbeddedSettings.here());
        settings.putAll(others);
        try {
            OwnPostgres server = OwnPostgres.start(data.toAbsolutePath(), settings);
            Cleanup.atEnd(server);
            return new Postgres(server.url());
        } catch (IOException e) {
            throw new BenchmarkException("PostgreSQL did not start", e);
        }
    }

    /** One that is there. */
    static Postgres at(String url) {
        return new Postgres(url);
    }

    /** The JDBC URL of the database that it came with. */
    String url() {
        return url;
    }

    /** CPU seconds of all its processes; NaN if nobody tells. */
    double cpu() {
        return pid == 0 ? Double.NaN : ProcessUsage.familyCpu(pid);
    }

    /** Makes a new database and returns its JDBC URL. */
    String create(String name) {
        drop(name);
        execute(url, "create database " + name);
        return url.replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1");
    }

    void drop(String name) {
        execute(url, "drop database if exists " + name + " with (force)");
    }

    String version() {
        return String.valueOf(text(url, "show server_version"));
    }

    static void execute(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new BenchmarkException(sql, e);
        }
    }

    static long number(String url, String sql) {
        String text = text(url, sql);
        return text == null ? 0 : Long.parseLong(text);
    }

    /** The first value of the first row; null without one. */
    static @Nullable String text(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        } catch (SQLException e) {
            throw new BenchmarkException(sql, e);
        }
    }

    /** The backend of a connection is a child of the server; it has to be looked at while the connection is open. */
    private static long postmaster(String url) {
        String backend = "select pg_backend_pid() where inet_server_addr() = inet_client_addr()";
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(backend)) {
            return ProcessHandle.of(rows.next() ? rows.getLong(1) : 0)
                    .flatMap(ProcessHandle::parent)
                    .map(ProcessHandle::pid)
                    .filter(parent -> ProcessUsage.program(parent).equals("postgres"))
                    .orElse(0L);
        } catch (SQLException e) {
            throw new BenchmarkException(backend, e);
        }
    }
}
