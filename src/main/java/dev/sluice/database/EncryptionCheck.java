package dev.sluice.database;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examines;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;
import org.postgresql.jdbc.SslMode;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Checks whether the connections to the database are encrypted, and whether its certificate is verified. */
@Examines(value = Topic.ENCRYPTION, needsDatabase = true)
final class EncryptionCheck implements Check {
    private static final String ADVICE = "Add sslmode=verify-full, and sslrootcert=<file with the CA's certificate>, to"
            + " the parameters in spring.datasource.url. Remove an sslhostnameverifier, and an sslfactory that verifies no"
            + " certificate.";

    private final JdbcClient jdbc;
    private final Properties parameters;
    private final String mode;

    EncryptionCheck(JdbcClient jdbc, DataSource dataSource) throws SQLException {
        this.jdbc = jdbc;
        this.parameters = DatabaseTransport.parameters(dataSource.unwrap(HikariDataSource.class));
        this.mode = SslMode.of(parameters).value;
    }

    @Override
    public List<Finding> run() {
        String version = jdbc.sql("select coalesce(version, '') from pg_stat_ssl where pid = pg_backend_pid()")
                .query(String.class)
                .single();
        String sslmode = "sslmode=" + mode;
        if (version.isEmpty()) {
            return List.of(
                    isOnThisMachine()
                            ? Finding.ok(
                                    Topic.ENCRYPTION,
                                    "The connections are not encrypted; they do not leave this machine.")
                            : Finding.warning(
                                    Topic.ENCRYPTION, "The connections are not encrypted (" + sslmode + ").", ADVICE));
        }
        String text = "The connections are encrypted by " + version + " (" + sslmode + ").";
        return List.of(
                DatabaseTransport.isServerChecked(parameters)
                        ? Finding.ok(Topic.ENCRYPTION, text)
                        : Finding.warning(
                                Topic.ENCRYPTION,
                                text
                                        + " The certificate of the database, or the name in it, is not verified, so another"
                                        + " server can take its place.",
                                ADVICE));
    }

    /** A socket of Unix has no address. */
    private boolean isOnThisMachine() {
        return jdbc.sql("select coalesce(inet_server_addr() = inet_client_addr(), true)")
                .query(Boolean.class)
                .single();
    }
}
