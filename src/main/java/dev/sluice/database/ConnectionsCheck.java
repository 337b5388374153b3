package dev.sluice.database;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Compares the number of connections that the server may open with what the database allows. */
@Examines(value = Topic.CONNECTIONS, needsDatabase = true)
final class ConnectionsCheck implements Check {
    /** -1 is no limit. Superusers, and since PostgreSQL 16 a role for it, have connections of their own. */
    private static final String ALLOWED = """
            select least(
                current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                    - coalesce(current_setting('reserved_connections', true)::int, 0),
                (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user),
                (select nullif(datconnlimit, -1) from pg_database where datname = current_database()))""";

    private final JdbcClient jdbc;
    private final int most;

    ConnectionsCheck(JdbcClient jdbc, DataSource dataSource) throws SQLException {
        this.jdbc = jdbc;
        this.most = dataSource.unwrap(HikariDataSource.class).getMaximumPoolSize() + LeaseConnections.MOST_CONNECTIONS;
    }

    @Override
    public List<Finding> run() {
        int allowed = jdbc.sql(ALLOWED).query(Integer.class).single();
        String text = "Each process of the server opens up to " + most + " connections; the database allows " + allowed
                + " for all processes and other programs.";
        return List.of(
                most <= allowed
                        ? Finding.ok(Topic.CONNECTIONS, text)
                        : Finding.warning(
                                Topic.CONNECTIONS,
                                text,
                                "Raise max_connections, or the limit of the role or of the database, or lower"
                                        + " spring.datasource.hikari.maximum-pool-size."));
    }
}
