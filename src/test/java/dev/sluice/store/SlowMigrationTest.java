package dev.sluice.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.SluiceServer;
import dev.sluice.TestDatabase;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** A new version may need a while to bring a large store to its form; servers that start meanwhile wait. */
class SlowMigrationTest {
    private static final String[] OPTIONS = {
        "--spring.flyway.locations=classpath:db/migration,classpath:db/slow",
        "--spring.datasource.hikari.connection-init-sql=set idle_in_transaction_session_timeout = '1s'",
    };

    @Test
    void itMayTakeLongerThanATransactionMayBeIdle() throws Exception {
        String database = TestDatabase.freshUrl();
        try {
            CompletableFuture<SluiceServer> other = CompletableFuture.supplyAsync(() -> start(database));
            try (SluiceServer server = start(database);
                    SluiceServer second = other.get(1, TimeUnit.MINUTES)) {
                assertThat(server.bean(JdbcTemplate.class)
                                .queryForObject(
                                        "select execution_time from flyway_schema_history where version = '9999'",
                                        Integer.class))
                        .isGreaterThan(2_500);
                assertThat(second.bean(JdbcTemplate.class).queryForObject("select 1", Integer.class))
                        .isEqualTo(1);
            }
        } finally {
            TestDatabase.drop(database);
        }
    }

    private static SluiceServer start(String database) {
        return SluiceServer.start("--spring.datasource.url=" + database, OPTIONS[0], OPTIONS[1]);
    }
}
