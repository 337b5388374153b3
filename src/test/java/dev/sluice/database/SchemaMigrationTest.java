package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    @Test
    void whoReadsATableKeepsNobodyWaitingBehindTheMigration() throws Exception {
        Flyway altering = Flyway.configure()
                .dataSource(url, null, null)
                .locations("classpath:db/migration", "classpath:db/altering")
                .placeholders(Map.of("resourceTypes", ""))
                .load();
        CompletableFuture<Void> migration;
        try (Connection reader = DriverManager.getConnection(url)) {
            reader.setAutoCommit(false);
            reader.createStatement().execute("select from resource limit 1");
            migration = CompletableFuture.runAsync(() -> new SchemaMigration(altering, "").run());
            await().atMost(Duration.ofSeconds(60)).until(() -> waiting() > 0);

            // It would wait behind the migration, which waits for the reader, as long as that reads.
            assertThat(jdbc.queryForObject("select count(*) from resource", Long.class))
                    .isZero();
            assertThat(migration).isNotDone();
            reader.rollback();
        }

        assertThat(migration).succeedsWithin(Duration.ofSeconds(60));
    }

    /** The migrations were numbered anew once, and a folder of classes may still have the earlier ones. */
    @Test
    void filesThatAnEarlierBuildLeftAreToldInASentence(@TempDir Path left) throws Exception {
        Files.writeString(left.resolve("V2__moments.sql"), "select 1");
        Flyway both = Flyway.configure()
                .dataSource(url, null, null)
                .locations("classpath:db/migration", "filesystem:" + left)
                .load();

        assertThatThrownBy(() -> new SchemaMigration(both, "").run())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("This build has migrations of an earlier version too: Found more than one migration with"
                        + " version 2. Delete the folder target, and build Sluice again.");
    }

    private long waiting() {
        Long waiting = jdbc.queryForObject("select count(*) from pg_locks where not granted", Long.class);
        return waiting == null ? 0 : waiting;
    }
}
