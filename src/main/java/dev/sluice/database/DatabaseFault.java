package dev.sluice.database;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * An error of the database, classified by its SQLSTATE.
 *
 * @param passes whether the same statement may succeed later: the connection was lost, a lock or a resource was not to
 *     be had, the transaction was cancelled, or the server is shutting down or read-only for a while
 * @param sentence what PostgreSQL says, without the statement
 * @see <a href="https://www.postgresql.org/docs/18/errcodes-appendix.html">PostgreSQL error codes</a>
 */
public record DatabaseFault(boolean passes, String sentence) {
    /** Connection, rollback, resources, state of an object, intervention of an operator, system. */
    private static final Set<String> PASSING_CLASSES = Set.of("08", "40", "53", "55", "57", "58");

    /** A read-only transaction (during a failover), and transactions that were idle or open for too long. */
    private static final Set<String> PASSING_STATES = Set.of("25006", "25P03", "25P04");

    /** The fault that an exception is, its causes left aside; empty if it is not of the database. */
    public static Optional<DatabaseFault> of(Throwable exception) {
        return exception instanceof SQLException fault
                ? Optional.of(new DatabaseFault(passes(fault), sentence(fault)))
                : Optional.empty();
    }

    /** A driver that gives no state tells of a connection or of the pool, not of a statement. */
    private static boolean passes(SQLException fault) {
        @Nullable String state = fault.getSQLState();
        return state == null
                || fault instanceof SQLTransientException
                || fault instanceof SQLRecoverableException
                || PASSING_STATES.contains(state)
                || PASSING_CLASSES.contains(state.substring(0, Math.min(2, state.length())));
    }

    private static String sentence(SQLException fault) {
        @Nullable ServerErrorMessage answer = fault instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        String message = answer == null ? fault.getMessage() : answer.getMessage();
        String state = fault.getSQLState() == null ? "" : " (SQLSTATE " + fault.getSQLState() + ")";
        return "The database says: " + message + state;
    }
}
