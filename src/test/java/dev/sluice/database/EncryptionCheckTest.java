package dev.sluice.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.IntegrationTest;
import dev.sluice.TlsPostgres;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Finding.Level;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A PostgreSQL with a certificate, also when it has stopped. */
@IntegrationTest
class EncryptionCheckTest {
    @TempDir
    Path folder;

    @Test
    void certificateThatIsNotVerifiedIsAWarning() throws Exception {
        String url;
        try (TlsPostgres postgres = TlsPostgres.start(folder)) {
            postgres.createRole("sluice", "secret");
            url = postgres.url("localhost", "sluice", postgres.ca) + "&user=sluice&password=secret";
            assertThat(check(url).level()).isEqualTo(Level.OK);

            Finding trusting = check(url.replace("verify-full", "require").replaceFirst("sslrootcert=[^&]*&", ""));
            assertThat(trusting.level()).isEqualTo(Level.WARNING);
            assertThat(trusting.text()).startsWith("The connections are encrypted by TLSv1.3 (sslmode=require).");
            assertThat(trusting.advice()).contains("sslmode=verify-full");
            assertThat(check(url + "&sslfactory=org.postgresql.ssl.NonValidatingFactory")
                            .level())
                    .isEqualTo(Level.WARNING);

            assertRefused(url.replace("localhost", "127.0.0.1"), "The connection to the database cannot be trusted");
        }
        assertRefused(url, "The database did not answer within 3 seconds");
    }

    private static void assertRefused(String url, String reason) {
        try (HikariDataSource pool = pool(url)) {
            assertThatThrownBy(() -> new DatabaseCheck(pool).run()).hasMessageStartingWith(reason);
        }
    }

    private static Finding check(String url) throws SQLException {
        try (HikariDataSource pool = pool(url)) {
            return new EncryptionCheck(JdbcClient.create(pool), pool).run().get(0);
        }
    }

    private static HikariDataSource pool(String url) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        pool.setMinimumIdle(0);
        return pool;
    }
}
