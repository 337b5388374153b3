package dev.sluice.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Migrates the database schema to this version of Sluice. Every migration is one transaction, so one that is cut off
 * leaves nothing behind and runs again at the next start.
 */
final class SchemaMigration {
    private static final Logger log = LoggerFactory.getLogger(SchemaMigration.class);

    /** A migration that every store from before 0.1.0 has, and no later store. */
    private static final String BEFORE_FIRST_RELEASE = "V2__moments.sql";

    /** SQLSTATE of a lock that was waited for too long, and of a deadlock. */
    private static final Set<String> LOCKED = Set.of("55P03", "40P01");

    /** SQLSTATE of a right that the role does not have. */
    private static final Set<String> FORBIDDEN = Set.of("42501");

    private static final Duration PAUSE = Duration.ofSeconds(3);

    private final Flyway flyway;
    private final String otherDatabase;

    /** @param otherDatabase how to start with another database, as the end of a sentence for the operator */
    SchemaMigration(Flyway flyway, String otherDatabase) {
        this.flyway = flyway;
        this.otherDatabase = otherDatabase;
    }

    /**
     * Runs the migrations that are missing. Other processes that start at the same time wait.
     *
     * @throws IllegalStateException if a version before 0.1.0 made the store; nothing is changed then
     */
    void run() {
        try {
            migrateOwnStore();
        } catch (FlywayException | DataAccessException e) {
            if (!hasState(e, FORBIDDEN)) {
                throw e;
            }
            throw new IllegalStateException("The tables are not those of this version of Sluice, and the database role"
                    + " may not change them. Start one process with spring.flyway.user and spring.flyway.password of"
                    + " the role that owns the tables.");
        }
    }

    /**
     * Returns if all migrations have run; runs none.
     *
     * @throws SchemaVersionException if some have not
     */
    void requireRun() {
        requireReadable();
        MigrationInfo[] pending = flyway.info().pending();
        if (pending.length > 0) {
            throw new SchemaVersionException("The tables are not those of this version of Sluice: V"
                    + pending[0].getVersion() + " has not run. A worker does not migrate them. Start a server of this"
                    + " version on this database first, with sluice.role all or api.");
        }
    }

    private void migrateOwnStore() {
        requireReadable();
        migrate();
    }

    /**
     * Returns if the store can be migrated, or is new.
     *
     * @throws IllegalStateException if a version before 0.1.0 made the store
     */
    void requireReadable() {
        if (isBeforeFirstRelease()) {
            throw new IllegalStateException("A version of Sluice before 0.1.0 made this store, and this version cannot"
                    + " read it; nothing was changed. To keep its data, start the earlier version again, export with"
                    + " GET [base]/$export?includeAssociatedData=_history,_deleted, and import the output files with"
                    + " POST [base]/$import after you have started this version with an empty database: "
                    + otherDatabase + ".");
        }
    }

    private boolean isBeforeFirstRelease() {
        JdbcTemplate jdbc = new JdbcTemplate(flyway.getConfiguration().getDataSource());
        String history = flyway.getConfiguration().getTable();
        return Boolean.TRUE.equals(jdbc.queryForObject("select to_regclass(?) is not null", Boolean.class, history))
                && Boolean.TRUE.equals(jdbc.queryForObject(
                        "select exists (select from " + history + " where script = ?)",
                        Boolean.class,
                        BEFORE_FIRST_RELEASE));
    }

    /** Tries again while other transactions use the tables; they continue between two tries. */
    private void migrate() {
        for (long tries = 1; ; tries++) {
            try {
                flyway.migrate();
                return;
            } catch (FlywayException e) {
                if (e.getErrorCode() == CoreErrorCode.DUPLICATE_VERSIONED_MIGRATION) {
                    throw new IllegalStateException("This build has migrations of an earlier version too: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                            + ". Delete the folder target, and build Sluice again.");
                }
                if (!hasState(e, LOCKED)) {
                    throw e;
                }
                if (tries % 10 == 1) {
                    log.warn("The tables are in use, so they cannot be migrated yet; the migration is tried again.");
                }
                DatabaseWait.pause(PAUSE, "tables that are in use");
            }
        }
    }

    private static boolean hasState(RuntimeException e, Set<String> states) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException refusal && states.contains(String.valueOf(refusal.getSQLState()))) {
                return true;
            }
        }
        return false;
    }
}
