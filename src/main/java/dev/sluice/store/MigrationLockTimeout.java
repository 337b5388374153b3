package dev.sluice.store;

import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/**
 * Has a migration wait only a moment for a table that others read. While it waits, all other statements on the table queue
 * up behind it, and a reader that needs a second connection for its work would wait for itself.
 */
final class MigrationLockTimeout implements Callback {
    private static final String SETTING = "set local lock_timeout = '3s'";

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_EACH_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    /** It is part of the migration's transaction, and ends with it. */
    @Override
    public void handle(Event event, Context context) {
        try (Statement statement = context.getConnection().createStatement()) {
            statement.execute(SETTING);
        } catch (SQLException e) {
            throw new FlywayException("The limit of the wait for locks could not be set", e);
        }
    }

    @Override
    public String getCallbackName() {
        return "lock timeout";
    }
}
