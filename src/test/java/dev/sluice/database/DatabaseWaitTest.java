package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.IntegrationTest;
import dev.sluice.OwnPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

@IntegrationTest
class DatabaseWaitTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    @Test
    void aDatabaseThatComesUpLaterIsWaitedFor() throws Exception {
        try (OwnPostgres postgres = OwnPostgres.start(folder.resolve("data"))) {
            String url = postgres.url();
            postgres.crash();
            AtomicInteger asked = new AtomicInteger();
            DataSource database = counting(url, asked);

            CompletableFuture<Void> start =
                    CompletableFuture.runAsync(() -> new DatabaseWait(database, LONG, "").await());
            await().atMost(LONG).until(() -> asked.get() >= 2);
            assertThat(start).isNotDone();
            postgres.restart();

            assertThat(start).succeedsWithin(LONG);
        }
    }

    @Test
    void aDatabaseThatStaysAwayEndsTheStartWithItsAddress() {
        DataSource nothing = new DriverManagerDataSource("jdbc:postgresql://localhost:1/sluice");

        assertThatThrownBy(() -> new DatabaseWait(nothing, Duration.ofMillis(1), "").await())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("The database did not answer within 0 seconds")
                .hasMessageContaining("localhost:1")
                .hasMessageContaining("Start it, or correct spring.datasource.url.");
    }

    @Test
    void whatTimeDoesNotMendIsNotWaitedFor() throws Exception {
        try (OwnPostgres postgres = OwnPostgres.start(folder.resolve("data"))) {
            DataSource other = new DriverManagerDataSource(postgres.url().replace("/postgres?", "/no_such_database?"));

            assertThatThrownBy(() -> new DatabaseWait(other, LONG, "spring.datasource.url").await())
                    .hasMessageContaining("The database refuses the connection")
                    .hasMessageContaining("no_such_database")
                    .hasMessageContaining("spring.datasource.url");
        }
    }

    /** The driver has one SQLSTATE for all faults that it does not expect; those of a class that gets tokens may pass. */
    @Test
    void aFaultOfTheDriverIsWaitedForIfAClassGetsTokens() {
        assertThatThrownBy(() -> new DatabaseWait(unusual(""), LONG, "the URL").await())
                .hasMessage("The database refuses the connection: no token. Correct the URL.");
        assertThatThrownBy(() -> new DatabaseWait(
                                unusual("?authenticationPluginClassName=x"), Duration.ofNanos(1), "the URL")
                        .await())
                .hasMessageStartingWith("The database did not answer within 0 seconds (no token)");
    }

    private static DataSource unusual(String parameters) {
        return new DriverManagerDataSource("jdbc:postgresql://localhost:1/sluice" + parameters) {
            @Override
            public Connection getConnection() throws SQLException {
                throw new SQLException("Something unusual", "99999", new IllegalStateException("no token"));
            }
        };
    }

    @Test
    void theReasonHasNoSecret() {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setDriverClassName("org.postgresql.Driver");
            pool.setJdbcUrl("jdbc:postgres://u:hunter2@h/d?azure.clientSecret=hunter2");

            assertThatThrownBy(() -> new DatabaseWait(pool, Duration.ofNanos(1), "the URL").await())
                    .hasMessageContaining("jdbc:postgres://…@h/d?azure.clientSecret=…");
        }
    }

    private static DataSource counting(String url, AtomicInteger asked) {
        return new DelegatingDataSource(new DriverManagerDataSource(url)) {
            @Override
            public Connection getConnection() throws SQLException {
                asked.incrementAndGet();
                return super.getConnection();
            }
        };
    }
}
