package dev.sluice.database;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An error of the database, classified by its SQLSTATE.
 *
 * @param temporary whether the same statement may succeed later: the connection was lost, a lock or a resource was not to
 *     be had, the transaction was cancelled, or the server is shutting down or read-only for a while
 * @param sentence what kind of fault it is, for clients
 * @see <a href="https://www.postgresql.org/docs/18/errcodes-appendix.html">PostgreSQL error codes</a>
 */
public record DatabaseFault(boolean temporary, String sentence) {
    /** Connection, rollback, resources, state of an object, intervention of an operator, system. */
    private static final Set<String> PASSING_CLASSES = Set.of("08", "40", "53", "55", "57", "58");

    /** A read-only transaction (during a failover), and transactions that were idle or open for too long. */
    private static final Set<String> PASSING_STATES = Set.of("25006", "25P03", "25P04");

    private static final Map<String, String> MEANINGS = Map.of(
            "08", "lost the connection",
            "25", "takes no writes now",
            "40", "rolled a transaction back",
            "53", "has too little disk, memory or connections",
            "55", "has locked what a statement needs",
            "57", "cancelled a statement, starts or stops",
            "58", "has a fault of its system");

    /** The fault that an exception is, its causes left aside; empty if it is not of the database. */
    public static Optional<DatabaseFault> of(Throwable exception) {
        return exception instanceof SQLException fault
                ? Optional.of(new DatabaseFault(isTemporary(fault), sentence(fault)))
                : Optional.empty();
    }

    /** A driver that gives no state tells of a connection or of the pool, not of a statement. */
    private static boolean isTemporary(SQLException fault) {
        @Nullable String state = fault.getSQLState();
        return state == null
                || fault instanceof SQLTransientException
                || fault instanceof SQLRecoverableException
                || PASSING_STATES.contains(state)
                || PASSING_CLASSES.contains(state.substring(0, Math.min(2, state.length())));
    }

    /** The message of PostgreSQL may hold values, paths and names of tables. The state says what kind of fault it is. */
    private static String sentence(SQLException fault) {
        @Nullable String state = fault.getSQLState();
        if (state == null) {
            return "The database cannot be reached.";
        }
        String kind = state.substring(0, Math.min(2, state.length()));
        return "The database " + MEANINGS.getOrDefault(kind, "refuses a statement") + " (SQLSTATE " + state + ").";
    }
}
