package dev.sluice.database;

import com.zaxxer.hikari.HikariDataSource;
import java.util.Properties;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.jdbc.SslMode;
import org.postgresql.util.PSQLException;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.datasource.AbstractDriverBasedDataSource;
import org.springframework.stereotype.Component;

/**
 * Checks each source of connections before anything uses it, in the server and in the commands: a token is sent to a
 * checked server only. The driver itself sends it to whoever answers.
 */
@Component
public final class DatabaseTransport implements BeanPostProcessor {
    /** Those of the driver that check the certificate. Nobody knows that of another class. */
    private static final Set<String> CHECKING_FACTORIES = Set.of(
            "org.postgresql.ssl.LibPQFactory",
            "org.postgresql.ssl.jdbc4.LibPQFactory",
            "org.postgresql.ssl.DefaultJavaSSLFactory",
            "org.postgresql.ssl.SingleCertValidatingFactory");

    /** After all settings have been bound. */
    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof DataSource source) {
            check(source);
        }
        return bean;
    }

    /** @throws IllegalStateException if the source sends tokens and does not check the server */
    static void check(DataSource source) {
        Properties parameters = parameters(source);
        if (sendsTokens(parameters) && !isServerChecked(parameters)) {
            throw new IllegalStateException(
                    "The URL of the database has authenticationPluginClassName, which sends a token"
                            + " to whoever answers, without a check of the server. Add sslmode=verify-full to it, and sslrootcert"
                            + " or sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory, and remove other values of"
                            + " sslfactory and sslhostnameverifier.");
        }
    }

    /** Whether a class that the parameters name gets the password of each connection. */
    static boolean sendsTokens(Properties parameters) {
        return PGProperty.AUTHENTICATION_PLUGIN_CLASS_NAME.getOrDefault(parameters) != null;
    }

    /** Whether the driver verifies the certificate of the server, and the name in it. */
    static boolean isServerChecked(Properties parameters) {
        @Nullable String factory = PGProperty.SSL_FACTORY.getOrDefault(parameters);
        try {
            return SslMode.of(parameters).verifyPeerName()
                    && (factory == null || CHECKING_FACTORIES.contains(factory))
                    && PGProperty.SSL_HOSTNAME_VERIFIER.getOrDefault(parameters) == null;
        } catch (PSQLException unknownMode) {
            return false;
        }
    }

    /** What the driver gets from the URL and the properties; nothing if the URL is not for it. */
    static Properties parameters(DataSource source) {
        @Nullable String url = null;
        @Nullable Properties properties = null;
        if (source instanceof HikariDataSource pool) {
            url = pool.getJdbcUrl();
            properties = pool.getDataSourceProperties();
        } else if (source instanceof AbstractDriverBasedDataSource single) {
            url = single.getUrl();
            properties = single.getConnectionProperties();
        }
        @Nullable Properties parsed = url == null ? null : Driver.parseURL(url, properties);
        return parsed == null ? new Properties() : parsed;
    }
}
