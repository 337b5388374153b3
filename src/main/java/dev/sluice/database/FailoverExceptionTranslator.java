package dev.sluice.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;

/**
 * Translates SQL exceptions as Spring does, except that a read-only database counts as temporarily unavailable. It is a
 * standby that becomes the primary, or a primary that is read-only until its disk has free space.
 *
 * <p>The connections of the pool are replaced then: after a failover they still lead to the old primary.
 */
public final class FailoverExceptionTranslator extends SQLExceptionSubclassTranslator {
    private static final String READ_ONLY_TRANSACTION = "25006";

    private final DataSource dataSource;

    public FailoverExceptionTranslator(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Statements through connections of this source, whose faults are translated so. */
    public static JdbcTemplate jdbc(DataSource source) {
        JdbcTemplate jdbc = new JdbcTemplate(source);
        jdbc.setExceptionTranslator(new FailoverExceptionTranslator(source));
        return jdbc;
    }

    @Override
    protected @Nullable DataAccessException doTranslate(String task, @Nullable String sql, SQLException fault) {
        if (!READ_ONLY_TRANSACTION.equals(fault.getSQLState())) {
            return super.doTranslate(task, sql, fault);
        }
        replaceConnections();
        return new TransientDataAccessResourceException(buildMessage(task, sql, fault), fault);
    }

    /** Those in use end when they are given back. */
    private void replaceConnections() {
        if (dataSource instanceof HikariDataSource pool && pool.getHikariPoolMXBean() != null) {
            pool.getHikariPoolMXBean().softEvictConnections();
        }
    }

    /** What Spring calls a fault of a read. */
    public static DataAccessException translated(JdbcTemplate jdbc, SQLException e) {
        DataAccessException translated = jdbc.getExceptionTranslator().translate("read rows", null, e);
        return translated == null ? new UncategorizedSQLException("read rows", null, e) : translated;
    }
}
