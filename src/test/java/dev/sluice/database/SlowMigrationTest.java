package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.IntegrationTest;
import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A new version may need a while to bring a large store to its form; servers that start meanwhile wait. */
@IntegrationTest
class SlowMigrationTest {
    @TempDir
    private Path home;

    @Test
    void itMayTakeLongerThanATransactionMayBeIdle() throws Exception {
        String database = TestDatabase.freshUrl();
        CompletableFuture<SluiceServer> other = CompletableFuture.supplyAsync(() -> start(database));
        JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(database));
        await("two that set up the logging of this process at the same time disturb each other")
                .until(() ->
                        jdbc.queryForObject("select to_regclass('flyway_schema_history') is not null", Boolean.class));
        try (SluiceServer server = start(database)) {
            assertThat(server.bean(JdbcTemplate.class)
                            .queryForObject(
                                    "select execution_time from flyway_schema_history where version = '9999'",
                                    Integer.class))
                    .isGreaterThan(2_500);
            assertThat(server.bean(Flyway.class).getConfiguration().getLockRetryCount())
                    .as("without a limit; a test does not wait for longer than a minute to see it")
                    .isEqualTo(-1);
        } finally {
            other.get(1, TimeUnit.MINUTES).close();
            TestDatabase.drop(database);
        }
    }

    private SluiceServer start(String database) {
        return SluiceServer.start(
                "--spring.datasource.url=" + database,
                "--sluice.home=" + home,
                "--spring.flyway.locations=classpath:db/migration,classpath:db/slow",
                "--spring.datasource.hikari.connection-init-sql=set idle_in_transaction_session_timeout = '1s'");
    }
}
