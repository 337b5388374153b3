package dev.sluice.database;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.stereotype.Component;

/** Says how many connections to the database this process may have, and whether they suffice. For any number of threads. */
@Component
public class ConnectionPool {
    private final HikariDataSource pool;

    ConnectionPool(DataSource dataSource) throws SQLException {
        this.pool = dataSource.unwrap(HikariDataSource.class);
    }

    /** The most connections that there are at a time. */
    public int size() {
        return pool.getMaximumPoolSize();
    }

    /** How many threads wait for a connection at this moment. */
    public int waiting() {
        HikariPoolMXBean state = pool.getHikariPoolMXBean(); // none before the first connection
        return state == null ? 0 : state.getThreadsAwaitingConnection();
    }
}
