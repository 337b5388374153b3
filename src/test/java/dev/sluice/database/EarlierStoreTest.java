package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SlowTest;
import dev.sluice.SluiceApplication;
import dev.sluice.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A store that a version before 0.1.0 made is refused at the start, in a sentence that says how to keep its data. */
@SlowTest
class EarlierStoreTest {
    /** Some of the migrations of these versions. */
    private static final Map<String, String> MIGRATIONS = Map.of(
            "V1__resources.sql", "create table resource (id text); insert into resource values ('a')",
            "V2__moments.sql", "create sequence closed_moment",
            "V33__leases.sql", "create table job (id uuid)");

    @TempDir
    Path folder;

    @Test
    void itsDatabaseIsNotChanged() throws Exception {
        String url = TestDatabase.freshUrl();
        try {
            new JdbcTemplate(new DriverManagerDataSource(url))
                    .execute("drop schema public cascade; create schema public");
            makeEarlierStore(url);
            List<String> before = content(url);

            assertThat(refusal("--spring.datasource.url=" + url, "--sluice.home=" + folder))
                    .contains("$export?includeAssociatedData=_history,_deleted", "$import", "spring.datasource.url");
            assertThat(content(url)).isEqualTo(before).contains("resource", "V33__leases.sql");
        } finally {
            TestDatabase.drop(url);
        }
    }

    @Test
    void theFolderOfItsEmbeddedDatabaseIsNamed() throws Exception {
        Path data = folder.resolve("postgres");
        try (EmbeddedServer server = EmbeddedServer.start(data)) {
            makeEarlierStore(server.url() + "&password=" + server.password());
        }

        assertThat(refusal("--sluice.home=" + folder))
                .contains("$export?includeAssociatedData=_history,_deleted", "delete the folder " + data);
    }

    private void makeEarlierStore(String url) throws IOException {
        Path migrations = Files.createDirectories(folder.resolve("migrations"));
        for (Map.Entry<String, String> migration : MIGRATIONS.entrySet()) {
            Files.writeString(migrations.resolve(migration.getKey()), migration.getValue());
        }
        Flyway.configure()
                .dataSource(url, null, null)
                .locations("filesystem:" + migrations)
                .load()
                .migrate();
    }

    private static List<String> content(String url) {
        return new JdbcTemplate(new DriverManagerDataSource(url))
                .queryForList(
                        "select relname from pg_class where relnamespace = 'public'::regnamespace union all"
                                + " select script from flyway_schema_history union all select id from resource order by 1",
                        String.class);
    }

    /** The only line that a start with these options writes before it ends. */
    private String refusal(String... options) throws Exception {
        Path log = folder.resolve("log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SluiceApplication.class.getName(),
                "--server.port=0",
                "--logging.level.dev.sluice.SluiceApplication=warn"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(Files.readAllLines(log)).singleElement().asString().contains("Sluice did not start.");
        return Files.readString(log);
    }
}
