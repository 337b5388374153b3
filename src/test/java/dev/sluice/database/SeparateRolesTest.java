package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.SeparateRoles;
import dev.sluice.SlowTest;
import dev.sluice.SluiceServer;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** One role migrates, and another one serves. */
@SlowTest
@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class SeparateRolesTest {
    private static final String MAY_WRITE = "select has_table_privilege('roles_server', 'job', 'insert')";

    private final SeparateRoles roles = SeparateRoles.create();
    private final Path home;

    SeparateRolesTest(@TempDir Path home) {
        this.home = home;
    }

    @BeforeAll
    void migrate() {
        start(roles.migrating());
    }

    @AfterAll
    void drop() {
        roles.close();
    }

    @Test
    void eachStartGrantsWhatIsMissing() {
        roles.owner().execute("revoke all on all tables in schema \"Sluice\" from roles_server");
        assertThat(ask(MAY_WRITE)).isFalse();

        start(roles.migrating());

        assertThat(ask(MAY_WRITE)).isTrue();
        assertThat(ask("select bool_or(has_table_privilege('roles_server', t, 'update, delete, truncate'))"
                        + " from unnest('{audit_event, disclosure, disclosed_patients}'::text[]) t"))
                .isFalse();
        assertThat(ask("select has_table_privilege('roles_server', 'flyway_schema_history', 'insert, update, delete')"))
                .isFalse();
    }

    @Test
    void theRoleOfTheServerAloneServesTablesOfThisVersion() {
        start(roles.serving());
    }

    @Test
    void theRoleOfTheServerAloneIsToldWhoCanMigrate() {
        roles.owner().execute("alter table flyway_schema_history rename to kept");
        roles.owner().execute("create table flyway_schema_history as select * from kept where installed_rank < 12");
        try {
            assertThat(reasonOf(roles.serving())).as("without a right").contains("spring.flyway.user");
            roles.owner().execute("grant select on flyway_schema_history to roles_server");
            assertThat(reasonOf(roles.serving()))
                    .contains("The tables are not those of this version of Sluice")
                    .contains("spring.flyway.user");
        } finally {
            roles.owner().execute("drop table flyway_schema_history");
            roles.owner().execute("alter table kept rename to flyway_schema_history");
        }
    }

    @Test
    void aRoleWithTooManyRightsIsTold(CapturedOutput log) {
        roles.owner().execute("grant create on schema \"Sluice\" to roles_server");
        try {
            start(roles.migrating());
        } finally {
            roles.owner().execute("revoke create on schema \"Sluice\" from roles_server");
        }

        assertThat(log.getAll())
                .contains(
                        "The role roles_server of the server could still change the tables: it can create tables in the"
                                + " schema.");
    }

    @Test
    void rolesOfTwoSchemasAreRefused() {
        roles.owner().execute("create schema elsewhere");
        roles.owner().execute("grant usage on schema elsewhere to roles_server");
        try {
            String[] options = Stream.of(roles.migrating())
                    .map(option -> option.replace("currentSchema=%22Sluice%22", "currentSchema=elsewhere"))
                    .toArray(String[]::new);
            String other = "--spring.flyway.url=" + roles.migrating()[0].substring("--spring.datasource.url=".length());

            assertThat(reasonOf(
                            Stream.concat(Stream.of(options), Stream.of(other)).toArray(String[]::new)))
                    .contains("uses the schema 'elsewhere'", "schema 'Sluice'", "currentSchema");
        } finally {
            roles.owner().execute("drop schema elsewhere");
        }
    }

    @Test
    void aRoleThatCannotLogInIsToldByItsKey() {
        String[] options = Stream.of(roles.migrating())
                .map(option -> option.replace("roles_owner", "nobody"))
                .toArray(String[]::new);

        assertThat(reasonOf(options)).contains("role \"nobody\" does not exist", "Correct spring.flyway.user");
    }

    private void start(String... options) {
        SluiceServer.start(Stream.concat(Stream.of(options), Stream.of("--sluice.home=" + home))
                        .toArray(String[]::new))
                .close();
    }

    private String reasonOf(String... options) {
        Throwable failure = catchThrowable(() -> start(options));
        assertThat(failure).isNotNull();
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof IllegalStateException && isOurs(cause))) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private static boolean isOurs(Throwable cause) {
        return cause.getStackTrace()[0].getClassName().startsWith("dev.sluice.");
    }

    private boolean ask(String sql) {
        return Boolean.TRUE.equals(roles.owner().queryForObject(sql, Boolean.class));
    }
}
