package dev.sluice.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A few connections for the statements that lease steps of jobs and renew these leases. They are short, and must not wait
 * for a connection that a request or an export uses. One that gets no answer fails soon, so that it is tried again
 * while the lease lasts.
 */
@Configuration(proxyBeanMethods = false)
public class LeaseConnections implements AutoCloseable {
    static final int MOST_CONNECTIONS = 4;

    /** A quarter of the usual lease. */
    private static final Duration WAIT = Duration.ofSeconds(2);

    /** Shorter than what another process waits for a lock. */
    private static final Duration IDLE = Duration.ofSeconds(1);

    private final HikariDataSource pool = new HikariDataSource();

    LeaseConnections(DataSource main) throws SQLException {
        HikariDataSource other = main.unwrap(HikariDataSource.class);
        pool.setJdbcUrl(other.getJdbcUrl());
        pool.setUsername(other.getUsername());
        pool.setPassword(other.getPassword());
        pool.setSchema(other.getSchema());
        pool.setConnectionInitSql(initSql(other.getConnectionInitSql()));
        other.getDataSourceProperties().forEach((key, value) -> pool.addDataSourceProperty(key.toString(), value));
        pool.addDataSourceProperty("socketTimeout", Long.toString(WAIT.toSeconds()));
        pool.setPoolName("leases");
        pool.setMaximumPoolSize(MOST_CONNECTIONS);
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(WAIT.toMillis());
        pool.setValidationTimeout(WAIT.toMillis());
    }

    /** A process that stops within a transaction must not keep others from the lock that it holds for longer than this. */
    private static String initSql(@Nullable String main) {
        String ownLimit = "set idle_in_transaction_session_timeout = " + IDLE.toMillis();
        return main == null ? ownLimit : main + "; " + ownLimit;
    }

    /** Runs these statements; not part of the caller's transaction. */
    @Bean(defaultCandidate = false)
    JdbcClient leaseClient() {
        return JdbcClient.create(FailoverExceptionTranslator.jdbc(pool));
    }

    /** Transactions of these connections; not part of the caller's transaction. */
    @Bean(defaultCandidate = false)
    TransactionOperations leaseTransaction() {
        return new TransactionTemplate(new DataSourceTransactionManager(pool));
    }

    @Override
    public void close() {
        pool.close();
    }
}
