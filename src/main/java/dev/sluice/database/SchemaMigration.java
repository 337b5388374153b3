package dev.sluice.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Migrates the database schema to this version of Sluice.
 *
 * <p>Every migration is one transaction, so one that is cut off leaves nothing behind and runs again at the next start.
 * What cannot be part of a transaction is done afterwards, and may fail.
 */
final class SchemaMigration {
    private static final Logger log = LoggerFactory.getLogger(SchemaMigration.class);

    /** The versions that write every row of a table again. */
    private static final Set<String> REWRITES_ROWS = Set.of("17");

    /** SQLSTATE of a lock that was waited for too long, and of a deadlock. */
    private static final Set<String> LOCKED = Set.of("55P03", "40P01");

    private static final Duration PAUSE = Duration.ofSeconds(3);

    private final Flyway flyway;
    private final JdbcTemplate jdbc;

    SchemaMigration(Flyway flyway) {
        this.flyway = flyway;
        this.jdbc = new JdbcTemplate(flyway.getConfiguration().getDataSource());
    }

    /** Runs what is missing; processes that start meanwhile wait. */
    void run() {
        removeFailedStep(flyway.getConfiguration().getTable());
        MigrateResult result = migrate();
        boolean isNew = result.initialSchemaVersion == null || result.initialSchemaVersion.isEmpty();
        if (!isNew && result.migrations.stream().anyMatch(step -> REWRITES_ROWS.contains(step.version))) {
            vacuum();
        }
    }

    /** Retries while other transactions use the tables, which continue between two attempts. */
    private MigrateResult migrate() {
        for (long tries = 1; ; tries++) {
            try {
                return flyway.migrate();
            } catch (FlywayException e) {
                if (!isLocked(e)) {
                    throw e;
                }
                if (tries % 10 == 1) {
                    log.warn(
                            "The tables are in use, so they cannot be brought to their new form yet; it is tried again.");
                }
                pause();
            }
        }
    }

    private static boolean isLocked(FlywayException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException refusal && LOCKED.contains(String.valueOf(refusal.getSQLState()))) {
                return true;
            }
        }
        return false;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The start was interrupted while it waited for tables that are in use.");
        }
    }

    /** A vacuum was a migration once, and Flyway starts nothing after a migration that was cut off outside a transaction. */
    private void removeFailedStep(String history) {
        Boolean exists = jdbc.queryForObject("select to_regclass(?) is not null", Boolean.class, history);
        if (Boolean.TRUE.equals(exists) && jdbc.update("delete from " + history + " where not success") > 0) {
            log.warn("An earlier start was cut off while it brought the tables to their new form; it is done again.");
        }
    }

    /** Until then, indexes cannot answer by themselves, and plans know nothing of new columns. */
    private void vacuum() {
        try {
            jdbc.execute("vacuum (analyze) resource");
        } catch (DataAccessException e) {
            log.warn(
                    "The vacuum of the resources failed; exports may be slow until PostgreSQL has done it by itself: {}",
                    e.getMessage());
        }
    }
}
