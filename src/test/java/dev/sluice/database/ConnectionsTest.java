package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.SlowTest;
import dev.sluice.SluiceApplication;
import dev.sluice.SluiceServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** Connections that neither wait for ever for a database that is gone nor block the others by theirs. */
@SlowTest
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
        assertProbesSilentPeers(pool);
        assertThat(new JdbcTemplate(pool).queryForObject("show idle_in_transaction_session_timeout", String.class))
                .isEqualTo("10s");
        assertThat(new JdbcTemplate(pool).queryForObject("show work_mem", String.class))
                .isEqualTo("32MB");
        assertThat(new JdbcTemplate(pool).queryForObject("show max_parallel_workers_per_gather", String.class))
                .isEqualTo("0");
    }

    /** The kernel shows the running timer of each socket: its kind, where 02 is keep-alive, and its rest in 1/100 s. */
    private static void assertProbesSilentPeers(HikariDataSource pool) {
        assertThat(pool.getDataSourceProperties())
                .containsEntry("tcpKeepAlive", "true")
                .containsEntry("socketFactory", KeepAliveSocketFactory.class.getName());
        if (!Files.exists(Path.of("/proc/net/tcp"))) {
            return;
        }
        String port = Objects.requireNonNull(new JdbcTemplate(pool)
                .queryForObject("select upper(lpad(to_hex(inet_client_port()), 4, '0'))", String.class));
        // Another timer runs while bytes are not acknowledged.
        List<String> timers = await().until(
                        () -> timers(port),
                        found -> found.size() == 1 && found.get(0).startsWith("02:"));
        assertThat(Long.parseLong(timers.get(0).substring(3), 16)).isLessThanOrEqualTo(30 * 100);
    }

    private static List<String> timers(String port) {
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .flatMap(table -> lines(Path.of(table)))
                .map(line -> line.trim().split("\\s+"))
                .filter(columns -> columns[1].endsWith(":" + port) && columns[3].equals("01"))
                .map(columns -> columns[5])
                .toList();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file).stream() : Stream.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
