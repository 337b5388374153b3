package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import dev.sluice.fhir.ResourceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A start that is cut off while it changes the tables must not be the last one. */
@IntegrationTest
class SchemaMigrationTest {
    private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");

    /** What PostgreSQL refuses inside of a transaction. */
    private static final Pattern OUTSIDE = Pattern.compile(
            "(?im)^\\s*(vacuum|cluster|(create|drop|re)\\s*(unique )?index concurrently|alter system|alter type \\w+ add"
                    + "|create database|drop database|commit|begin\\s*;|end\\s*;)\\b");

    private final String url = TestDatabase.freshUrl();
    private final JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));

    @AfterEach
    void drop() {
        TestDatabase.drop(url);
    }

    @Test
    void everyMigrationIsATransaction() throws IOException {
        try (Stream<Path> files = Files.walk(MIGRATIONS)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(file.toString()).endsWith(".sql"); // a .conf could say that one is none
                assertThat(Files.readString(file)).as(file.toString()).doesNotContainPattern(OUTSIDE);
            }
        }
    }

    /** The vacuum that once was a migration: done, and cut off, which Flyway writes down as failed. */
    @Test
    void storeStartsWhateverBecameOfTheVacuum() {
        for (boolean success : List.of(true, false)) {
            jdbc.execute("drop schema public cascade; create schema public");
            flyway("17").migrate();
            jdbc.update(
                    "insert into flyway_schema_history (installed_rank, version, description, type, script, checksum,"
                            + " installed_by, execution_time, success) select max(installed_rank) + 1, '18', 'vacuum',"
                            + " 'SQL', 'V18__vacuum.sql', 1, 'test', 1, ? from flyway_schema_history",
                    success);

            try (SluiceServer server = SluiceServer.start("--spring.datasource.url=" + url)) {
                assertThat(server.get("/metadata").statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void storeWhoseRowsAreWrittenAgainIsVacuumed() {
        jdbc.execute("drop schema public cascade; create schema public");
        Flyway before = flyway("16");
        before.migrate();
        jdbc.update("insert into resource (type, id, version_id, last_updated, deleted, bytes, body)"
                + " values ('Basic', 'a', 1, now(), false, 3, '{}')");

        new SchemaMigration(flyway("latest")).run();

        await().until(() -> Boolean.TRUE.equals(jdbc.queryForObject(
                "select last_vacuum is not null and last_analyze is not null from pg_stat_user_tables"
                        + " where relname = 'resource_basic'",
                Boolean.class)));
    }

    @Test
    void whoReadsATableKeepsNobodyWaitingBehindTheMigration() throws Exception {
        jdbc.execute("drop schema public cascade; create schema public");
        flyway("17").migrate();
        CompletableFuture<Void> migration;
        try (Connection reader = DriverManager.getConnection(url)) {
            reader.setAutoCommit(false);
            reader.createStatement().execute("select from resource limit 1");
            migration = CompletableFuture.runAsync(() -> new SchemaMigration(flyway("latest")).run());
            await().atMost(Duration.ofSeconds(60)).until(() -> waiting() > 0);

            // It would wait behind the migration, which waits for the reader, as long as that reads.
            assertThat(jdbc.queryForObject("select count(*) from resource", Long.class))
                    .isZero();
            assertThat(migration).isNotDone();
            reader.rollback();
        }

        assertThat(migration).succeedsWithin(Duration.ofSeconds(60));
    }

    private long waiting() {
        Long waiting = jdbc.queryForObject("select count(*) from pg_locks where not granted", Long.class);
        return waiting == null ? 0 : waiting;
    }

    private Flyway flyway(String target) {
        String types = ResourceType.all().stream().map(ResourceType::name).collect(Collectors.joining(" "));
        return Flyway.configure()
                .dataSource(url, null, null)
                .target(target)
                .placeholders(Map.of("resourceTypes", types))
                .load();
    }
}
