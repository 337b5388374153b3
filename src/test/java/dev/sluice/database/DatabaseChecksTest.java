package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.IntegrationTest;
import dev.sluice.TestDatabase;
import dev.sluice.doctor.Check;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Finding.Level;
import dev.sluice.doctor.Topic;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The checks of the command {@code doctor}, each on a database that it finds a fault in. */
@IntegrationTest
class DatabaseChecksTest {
    private static final String ROLE = "doctor_reader";

    private final String url = TestDatabase.freshUrl();
    private final JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));
    private HikariDataSource pool = pool(url);

    @AfterEach
    void drop() {
        pool.close();
        if (!jdbc.queryForList("select from pg_roles where rolname = ?", ROLE).isEmpty()) {
            jdbc.execute("drop owned by " + ROLE);
            jdbc.execute("drop role " + ROLE);
        }
        TestDatabase.drop(url);
    }

    @Test
    void databaseThatWillDoIsOk() throws SQLException {
        Finding finding = run(new DatabaseCheck(pool));

        assertThat(finding.level()).isEqualTo(Level.OK);
        assertThat(finding.text()).startsWith("PostgreSQL ").endsWith(", role postgres.");
        assertThat(run(new SchemaCheck(flyway())).level()).isEqualTo(Level.OK);
        assertThat(run(new EncryptionCheck(client(), pool)).level())
                .as("as it does not leave the machine")
                .isEqualTo(Level.OK);
        assertThat(run(new ClockCheck(client(), Clock.systemUTC())).level()).isEqualTo(Level.OK);
    }

    @Test
    void databaseThatTakesNoWritesIsAProblem() {
        jdbc.execute("alter database " + name() + " set default_transaction_read_only = on");

        Finding finding = run(new DatabaseCheck(pool));

        assertThat(finding.level()).isEqualTo(Level.PROBLEM);
        assertThat(finding.text()).contains("It takes no writes");
    }

    @Test
    void missingMigrationsAreToldAndNotRun() {
        jdbc.execute("create schema empty");
        pool.setSchema("empty");
        assertThat(run(new SchemaCheck(flyway())))
                .isEqualTo(Finding.warning(
                        Topic.SCHEMA,
                        "The database has no tables of Sluice yet.",
                        "Start the server, which runs them."));
        assertThat(run(new RightsCheck(pool, flyway())).level()).isEqualTo(Level.SKIPPED);
        assertThat(jdbc.queryForObject(
                        "select count(*) from pg_class where relnamespace = 'empty'::regnamespace", Integer.class))
                .isZero();
    }

    @Test
    void migrationThatIsMissingIsAWarningAndAProblemForARoleThatCannotRunIt() {
        String last = jdbc.queryForObject(
                "delete from flyway_schema_history where installed_rank = (select max(installed_rank) from"
                        + " flyway_schema_history) returning version",
                String.class);

        Finding finding = run(new SchemaCheck(flyway()));
        assertThat(finding.level()).isEqualTo(Level.WARNING);
        assertThat(finding.text()).isEqualTo("These migrations have not run: V" + last + ".");

        become(ROLE, "grant connect on database " + name() + " to " + ROLE);
        assertThat(run(new SchemaCheck(flyway())).text()).startsWith("The role may not read flyway_schema_history");

        jdbc.execute("grant select on flyway_schema_history to " + ROLE);
        Finding closed = run(new SchemaCheck(flyway()));
        assertThat(closed.level()).isEqualTo(Level.PROBLEM);
        assertThat(closed.text()).contains("V" + last + ". The role may not create tables in the schema.");
    }

    @Test
    void migrationsOfANewerVersionAreAWarning() {
        jdbc.execute(
                "insert into flyway_schema_history select 999, '999', 'later', type, 'V999__later.sql', checksum,"
                        + " installed_by, installed_on, execution_time, success from flyway_schema_history where version = '1'");

        Finding finding = run(new SchemaCheck(flyway()));

        assertThat(finding.level()).isEqualTo(Level.WARNING);
        assertThat(finding.text()).isEqualTo("A newer version of Sluice has migrated the database: V999.");
    }

    @Test
    void otherMigrationsAreAProblem() {
        jdbc.execute("update flyway_schema_history set checksum = 1 where version = '3'");

        Finding finding = run(new SchemaCheck(flyway()));

        assertThat(finding.level()).isEqualTo(Level.PROBLEM);
        assertThat(finding.text()).endsWith("this version: V3.");

        jdbc.execute("delete from flyway_schema_history where version = '3'");
        assertThat(run(new SchemaCheck(flyway())).text()).endsWith("this version: V3.");
    }

    @Test
    void roleWithoutRightsIsAProblem() {
        assertThat(rights()).extracting(Finding::text).asString().endsWith("than the server needs: it is a superuser.");

        become(ROLE, "grant select on flyway_schema_history to " + ROLE);
        Finding none = rights();
        assertThat(none.level()).isEqualTo(Level.PROBLEM);
        assertThat(none.text()).matches("The role " + ROLE + " lacks rights on \\d+ objects\\.");

        jdbc.execute("grant select, insert, update, delete on all tables in schema public to " + ROLE);
        jdbc.execute("grant usage, select, update on all sequences in schema public to " + ROLE);
        jdbc.execute("grant execute on all functions in schema public to " + ROLE);
        assertThat(rights().level()).isEqualTo(Level.OK);

        jdbc.execute("revoke delete on job from " + ROLE);
        assertThat(rights().advice()).endsWith("or as the owner: grant delete on table job to " + ROLE + ";");
    }

    @Test
    void rolesOfItsOwnForTheMigrationsAreFollowed() {
        become(ROLE, "grant select on flyway_schema_history to " + ROLE);
        try (HikariDataSource owner = pool(url)) {
            Flyway migrations = Flyway.configure().dataSource(owner).load();

            Finding before = run(new RightsCheck(pool, migrations));
            assertThat(before.level()).isEqualTo(Level.WARNING);
            assertThat(before.advice()).isEqualTo("Start the server, which grants them.");

            new ServerRights(pool, owner).grant("flyway_schema_history");
            assertThat(run(new RightsCheck(pool, migrations)).level()).isEqualTo(Level.OK);

            jdbc.execute("grant truncate on disclosure to " + ROLE);
            assertThat(run(new RightsCheck(pool, migrations)).text())
                    .endsWith("it can change or remove recorded events.");
            jdbc.execute("revoke truncate on disclosure from " + ROLE);

            jdbc.execute("grant create on schema public to " + ROLE);
            assertThat(run(new RightsCheck(pool, migrations)).text()).endsWith("it can create tables in the schema.");
        }
    }

    private Finding rights() {
        return run(new RightsCheck(pool, flyway()));
    }

    @Test
    void tooFewConnectionsAreAWarning() throws SQLException {
        assertThat(run(new ConnectionsCheck(client(), pool)).level()).isEqualTo(Level.OK);

        become(ROLE, "alter role " + ROLE + " connection limit 20");
        pool.setMaximumPoolSize(17);

        Finding finding = run(new ConnectionsCheck(client(), pool));
        assertThat(finding.level()).isEqualTo(Level.WARNING);
        assertThat(finding.text())
                .startsWith("Each process of the server opens up to 21 connections; the database allows 20");
    }

    @Test
    void clocksThatDifferAreAWarning() {
        Clock late = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(-90));

        Finding finding = run(new ClockCheck(client(), late));

        assertThat(finding.level()).isEqualTo(Level.WARNING);
        assertThat(finding.text())
                .matches("The clock of this machine is (90|89.9).0? seconds behind that of the database.");
        assertThat(run(new ClockCheck(client(), Clock.offset(Clock.systemUTC(), Duration.ofSeconds(5))))
                        .text())
                .contains("seconds ahead of");
    }

    /** From now on, the checks run as a role that may do nothing but this. */
    private void become(String role, String grant) {
        jdbc.execute("create role " + role + " login");
        jdbc.execute(grant);
        pool.close();
        pool = pool(url.replace("user=postgres", "user=" + role));
    }

    private static HikariDataSource pool(String url) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        pool.setMinimumIdle(0);
        return pool;
    }

    private static Finding run(Check check) {
        List<Finding> findings = check.run();
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }

    private JdbcClient client() {
        return JdbcClient.create(pool);
    }

    private Flyway flyway() {
        return Flyway.configure().dataSource(pool).load();
    }

    private String name() {
        return url.substring(url.lastIndexOf('/') + 1, url.indexOf('?'));
    }
}
