package dev.sluice.store;

import dev.sluice.database.FailoverExceptionTranslator;
import java.sql.DatabaseMetaData;
import java.util.Collection;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reports properties of the store: its database, whether it is empty, its patients, and the version of its
 * index data. */
@Component
public class StoreInfo {
    private final JdbcTemplate jdbc;

    /** Reads through connections of this source. */
    public StoreInfo(DataSource source) {
        this.jdbc = FailoverExceptionTranslator.jdbc(source);
    }

    /** The product, the version and the address of the database, without user and password. */
    public String describe() {
        return String.valueOf(jdbc.execute((ConnectionCallback<String>) connection -> {
            DatabaseMetaData data = connection.getMetaData();
            return data.getDatabaseProductName() + " " + data.getDatabaseProductVersion() + " ("
                    + data.getURL().replaceAll("\\?.*", "") + ")";
        }));
    }

    /** The numbers of these patients. A patient to which no resource ever referred has none. */
    public int[] patientNumbers(Collection<String> patientIds) {
        return jdbc
                .queryForList(
                        "select number from patient_number where patient_id = any(?) order by number",
                        Integer.class,
                        (Object) patientIds.toArray(String[]::new))
                .stream()
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Whether no resource has ever been written. */
    public boolean isEmpty() {
        return Boolean.TRUE.equals(jdbc.queryForObject("select not exists (select from resource)", Boolean.class));
    }

    /**
     * The version of the rules by which the token hashes of all rows were computed. A lookup that needs a later version
     * would miss rows.
     */
    public int tokenIndexVersion() {
        return Objects.requireNonNull(jdbc.queryForObject("select version from token_index_version", Integer.class));
    }
}
