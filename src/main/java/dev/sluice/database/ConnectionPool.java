package dev.sluice.database;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/**
 * Reports the size of the database connection pool and whether connections are short. Safe for use by any number of
 * threads.
 */
@Component
public class ConnectionPool {
    private final HikariDataSource pool;

    ConnectionPool(DataSource dataSource) throws SQLException {
        this.pool = dataSource.unwrap(HikariDataSource.class);
    }

    /** The largest number of connections. */
    public int size() {
        return pool.getMaximumPoolSize();
    }

    /** The number of threads that are waiting for a connection. */
    public int waiting() {
        HikariPoolMXBean state = pool.getHikariPoolMXBean(); // none before the first connection
        return state == null ? 0 : state.getThreadsAwaitingConnection();
    }
}
