package dev.sluice.database;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;

/** Checks whether the database answers, and whether it will do. */
@Examines(Topic.DATABASE)
@ConditionalOnProperty("spring.datasource.url")
final class DatabaseCheck implements Check {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

    private final DataSource dataSource;

    DatabaseCheck(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public List<Finding> run() {
        try {
            // Connections that no check uses must not take the place of those of the server.
            dataSource.unwrap(HikariDataSource.class).setMinimumIdle(0);
            new DatabaseWait(dataSource, LONGEST_WAIT, "spring.datasource.url, .username and .password").await();
            new DatabaseRequirements(dataSource).check();
            return List.of(finding());
        } catch (SQLException e) {
            throw new IllegalStateException("The database cannot be used: " + e.getMessage(), e);
        }
    }

    private Finding finding() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            DatabaseMetaData database = connection.getMetaData();
            String text = "PostgreSQL " + database.getDatabaseProductVersion() + ", database " + connection.getCatalog()
                    + ", role " + database.getUserName() + ".";
            return isReadOnly(connection)
                    ? Finding.problem(
                            Topic.DATABASE,
                            text + " It takes no writes.",
                            "If it is a standby, name the primary; with several hosts in spring.datasource.url, add"
                                    + " targetServerType=primary.")
                    : Finding.ok(Topic.DATABASE, text);
        }
    }

    private static boolean isReadOnly(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("show transaction_read_only")) {
            rows.next();
            return rows.getString(1).equals("on");
        }
    }
}
