package dev.sluice.store;

import dev.sluice.database.FailoverExceptionTranslator;
import java.sql.DatabaseMetaData;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** What the store is, and whether it holds anything. */
@Component
public class StoreInfo {
    private final JdbcTemplate jdbc;

    /** Asks through connections of this source. */
    public StoreInfo(DataSource source) {
        this.jdbc = FailoverExceptionTranslator.jdbc(source);
    }

    /** The product, its version and where it is, without user and password. */
    public String describe() {
        return String.valueOf(jdbc.execute((ConnectionCallback<String>) connection -> {
            DatabaseMetaData data = connection.getMetaData();
            return data.getDatabaseProductName() + " " + data.getDatabaseProductVersion() + " ("
                    + data.getURL().replaceAll("\\?.*", "") + ")";
        }));
    }

    /** Whether no resource was ever written. */
    public boolean isEmpty() {
        return Boolean.TRUE.equals(jdbc.queryForObject("select not exists (select from resource)", Boolean.class));
    }

    /** The oldest way in which signatures of rows were made: a look-up of what it does not have would miss some. */
    public int signatureVersion() {
        return Objects.requireNonNull(jdbc.queryForObject("select version from signature_version", Integer.class));
    }
}
