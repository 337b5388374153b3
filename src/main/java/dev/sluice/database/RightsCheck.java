package dev.sluice.database;

import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** Checks whether the role of the server may use the tables, and whether it may do more than it needs. */
@Examines(value = Topic.RIGHTS, needsDatabase = true)
@Import(MigrationConfiguration.class)
final class RightsCheck implements Check {
    private static final String TWO_ROLES = "docs/security.md shows below Two roles";

    private final JdbcClient jdbc;
    private final String history;
    private final ServerRights rights;

    RightsCheck(DataSource dataSource, Flyway flyway) {
        this.jdbc = JdbcClient.create(dataSource);
        this.history = flyway.getConfiguration().getTable();
        this.rights = new ServerRights(dataSource, flyway.getConfiguration().getDataSource());
    }

    @Override
    public List<Finding> run() {
        rights.checkSchema();
        if (!is(jdbc.sql("select to_regclass(?) is not null").param(history))) {
            return List.of(Finding.skipped(Topic.RIGHTS, "Not checked, because the tables do not exist yet."));
        }
        String role = rights.role();
        List<String> missing = rights.missing(history);
        if (!missing.isEmpty()) {
            return List.of(missing(role, missing));
        }
        List<String> tooMuch = rights.isOneRole() ? List.of() : rights.tooMuch();
        if (is(jdbc.sql("select rolsuper from pg_roles where rolname = current_user"))) {
            tooMuch = List.of("it is a superuser");
        }
        return List.of(
                tooMuch.isEmpty()
                        ? Finding.ok(Topic.RIGHTS, "The role " + role + " may read and write rows.")
                        : Finding.warning(
                                Topic.RIGHTS,
                                "The role " + role + " could do more than the server needs: "
                                        + String.join(", ", tooMuch) + ".",
                                "Set up the roles as " + TWO_ROLES + "."));
    }

    /** A start with the role of the owner grants them. */
    private Finding missing(String role, List<String> grants) {
        String text = "The role " + role + " lacks rights on " + grants.size() + " objects.";
        return rights.isOneRole()
                ? Finding.problem(
                        Topic.RIGHTS,
                        text,
                        "Start one process with spring.flyway.user and .password of the owner, which grants them, as "
                                + TWO_ROLES + "; or as the owner: " + grants.get(0)
                                + (grants.size() == 1 ? ";" : "; and so on."))
                : Finding.warning(Topic.RIGHTS, text, "Start the server, which grants them.");
    }

    private static boolean is(StatementSpec statement) {
        return statement.query(Boolean.class).single();
    }
}
