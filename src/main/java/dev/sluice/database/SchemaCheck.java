package dev.sluice.database;

import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import java.util.List;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Compares the migrations that the database has with those of this version. It runs none. */
@Examines(value = Topic.SCHEMA, needsDatabase = true)
@Import(MigrationConfiguration.class)
final class SchemaCheck implements Check {
    private final Flyway flyway;

    SchemaCheck(Flyway flyway) {
        this.flyway = flyway;
    }

    @Override
    public List<Finding> run() {
        String history = flyway.getConfiguration().getTable();
        JdbcClient jdbc = JdbcClient.create(flyway.getConfiguration().getDataSource());
        boolean readable = jdbc.sql("select coalesce(has_table_privilege(to_regclass(?), 'select'), true)")
                .param(history)
                .query(Boolean.class)
                .single();
        if (!readable) {
            return List.of(Finding.problem(
                    Topic.SCHEMA,
                    "The role may not read " + history + ", which has the migrations.",
                    "Start one process with spring.flyway.user and .password of the role that owns the tables, which"
                            + " grants it."));
        }
        new SchemaMigration(flyway, "name it in spring.datasource.url").requireReadable();
        List<MigrationInfo> all = List.of(flyway.info().all());
        List<MigrationInfo> wrong = all.stream().filter(SchemaCheck::isWrong).toList();
        if (!wrong.isEmpty()) {
            return List.of(Finding.problem(
                    Topic.SCHEMA,
                    "Migrations have failed, were left out, or have other contents than those of this version: "
                            + versions(wrong) + ".",
                    "Start the version of Sluice that made the tables, or restore a backup."));
        }
        List<MigrationInfo> pending = all.stream()
                .filter(each -> each.getState() == MigrationState.PENDING)
                .toList();
        List<MigrationInfo> newer = all.stream()
                .filter(each -> each.getState() == MigrationState.FUTURE_SUCCESS)
                .toList();
        return List.of(newer.isEmpty() ? upToDate(all, pending) : newer(newer));
    }

    /** What Flyway ignores is missing below a version that has run; it does not run it any more. */
    private static boolean isWrong(MigrationInfo migration) {
        MigrationState state = migration.getState();
        return state.isFailed()
                || state == MigrationState.IGNORED
                || (state.isApplied() && state.isResolved() && !migration.isChecksumMatching());
    }

    private static Finding newer(List<MigrationInfo> newer) {
        return Finding.warning(
                Topic.SCHEMA,
                "A newer version of Sluice has migrated the database: " + versions(newer) + ".",
                "Update this one; both together are for the time of an upgrade only.");
    }

    private Finding upToDate(List<MigrationInfo> all, List<MigrationInfo> pending) {
        if (pending.isEmpty()) {
            return Finding.ok(Topic.SCHEMA, "All " + all.size() + " migrations have run.");
        }
        String what = pending.size() == all.size()
                ? "The database has no tables of Sluice yet."
                : "These migrations have not run: " + versions(pending) + ".";
        return mayCreate()
                ? Finding.warning(Topic.SCHEMA, what, "Start the server, which runs them.")
                : Finding.problem(
                        Topic.SCHEMA,
                        what + " The role may not create tables in the schema.",
                        "Start one process with spring.flyway.user and .password of the role that owns the tables, or"
                                + " grant it: grant create on schema <schema> to <role>.");
    }

    private boolean mayCreate() {
        return JdbcClient.create(flyway.getConfiguration().getDataSource())
                .sql("select has_schema_privilege(current_schema(), 'create')")
                .query(Boolean.class)
                .single();
    }

    private static String versions(List<MigrationInfo> migrations) {
        return Stream.concat(
                        migrations.stream().limit(5).map(each -> "V" + each.getVersion()),
                        migrations.size() > 5 ? Stream.of("…") : Stream.of())
                .toList()
                .toString()
                .replaceAll("[\\[\\]]", "");
    }
}
