package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.IntegrationTest;
import dev.sluice.SluiceApplication;
import dev.sluice.SluiceServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** Connections that neither wait for ever for a database that is gone nor block the others by theirs. */
@IntegrationTest
class ConnectionsTest {
    @Test
    void thoseToTheDatabaseThatIsNamed() {
        try (SluiceServer server = SluiceServer.start()) {
            assertCareful(server.bean(HikariDataSource.class));
        }
    }

    @Test
    void thoseToTheEmbeddedOne(@TempDir Path home) {
        try (ConfigurableApplicationContext server = SpringApplication.run(
                SluiceApplication.class, "--sluice.home=" + home, "--server.port=0", "--logging.level.root=warn")) {
            assertCareful(server.getBean(HikariDataSource.class));
            assertThat(new JdbcTemplate(server.getBean(HikariDataSource.class))
                            .queryForObject(
                                    "select setting::bigint * 8 / 1024 || 'MB' from pg_settings"
                                            + " where name = 'shared_buffers'",
                                    String.class))
                    .isEqualTo(EmbeddedSettings.here().get("shared_buffers"));
        }
    }

    private static void assertCareful(HikariDataSource pool) {
        assertThat(pool.getDataSourceProperties()).containsEntry("tcpKeepAlive", "true");
        assertThat(new JdbcTemplate(pool).queryForObject("show idle_in_transaction_session_timeout", String.class))
                .isEqualTo("10s");
        assertThat(new JdbcTemplate(pool).queryForObject("show work_mem", String.class))
                .isEqualTo("32MB");
        assertThat(new JdbcTemplate(pool).queryForObject("show max_parallel_workers_per_gather", String.class))
                .isEqualTo("0");
    }
}
