package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The command in a process of its own. */
@SlowTest
class DoctorTest {
    private static final String PASSWORD = "hunter2-of-the-database";

    @TempDir
    Path folder;

    private final String url = TestDatabase.freshUrl();

    @AfterEach
    void drop() {
        TestDatabase.drop(url);
    }

    @Test
    void nothingIsStartedOrCreatedForTheEmbeddedDatabase() throws Exception {
        DoctorProcess run = DoctorProcess.run(folder);

        assertThat(run.exitCode()).as(run.toString()).isZero();
        assertThat(run.lines("skipped", "database")).hasSize(1);
        assertThat(run.lines("skipped", "clock")).hasSize(1);
        assertThat(run.lines("ok", "storage").get(0)).contains("does not exist yet");
        assertThat(run.output()).last().isEqualTo("Problems: 0. Warnings: 0.");
        assertThat(folder.resolve("home")).doesNotExist();
    }

    @Test
    void oneFaultHidesNoOther() throws Exception {
        DoctorProcess run = DoctorProcess.run(
                folder,
                "--sluice.exprt.workers=1",
                "--sluice.storage.kind=ftp",
                "--sluice.security.mode=oidc",
                "--server.ssl.key-store=" + folder.resolve("absent.p12"),
                "--server.ssl.key-store-password=" + PASSWORD,
                "--spring.datasource.url=jdbc:postgresql://localhost:1/fhir?user=u&password=" + PASSWORD);

        assertThat(run.exitCode()).as(run.toString()).isEqualTo(1);
        assertThat(run.lines("problem", "settings").get(0)).contains("sluice.exprt.workers");
        assertThat(run.lines("problem", "access").get(0)).contains("sluice.base-url");
        assertThat(run.lines("problem", "database").get(0)).contains("Connection to localhost:1 refused");
        assertThat(run.lines("skipped", "rights")).hasSize(1);
        assertThat(run.lines("problem", "storage").get(0)).contains("must be local or azure");
        assertThat(run.lines("problem", "tls").get(0)).contains("absent.p12");
        assertThat(run.lines("problem", "tokens").get(0)).contains("sluice.security.oidc.issuers is empty");
        assertThat(run.lines("ok", "disk")).hasSize(1);
        assertThat(run.output()).last().isEqualTo("Problems: 6. Warnings: 0.");
        assertThat(run.output().toString()).doesNotContain(PASSWORD).doesNotContain("\tat ");
    }

    @Test
    void aTokenIsSentToACheckedServerOnly() throws Exception {
        DoctorProcess run = DoctorProcess.run(
                folder, "--spring.datasource.url=jdbc:postgresql://localhost:1/sluice?authenticationPluginClassName=x");

        assertThat(run.lines("problem", "database").get(0)).contains("Add sslmode=verify-full to it");
    }

    @Test
    void databaseOfAServerIsLookedAtAndNotChanged() throws Exception {
        JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));

        DoctorProcess owner =
                DoctorProcess.run(folder, "--sluice.audit.enabled=true", "--spring.datasource.url=" + url);
        assertThat(owner.exitCode()).as(owner.toString()).isZero();
        assertThat(owner.lines("warning", "audit").get(0)).contains("owns audit_event");
        assertThat(owner.lines("ok", "schema").get(0)).endsWith("migrations have run.");

        jdbc.execute("create schema other");
        DoctorProcess empty = DoctorProcess.run(folder, "--spring.datasource.url=" + url + "&currentSchema=other");
        assertThat(empty.exitCode()).as(empty.toString()).isZero();
        assertThat(empty.lines("warning", "schema").get(0)).isEqualTo("The database has no tables of Sluice yet.");
        assertThat(jdbc.queryForObject(
                        "select count(*) from pg_class where relnamespace = 'other'::regnamespace", Integer.class))
                .isZero();
    }
}
