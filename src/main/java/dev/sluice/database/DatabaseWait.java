package dev.sluice.database;

import dev.sluice.doctor.Secrets;
import java.io.EOFException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;

/**
 * Waits at the start for a database that is not up yet, as after a power failure or in a group of containers.
 *
 * <p>An error that does not pass, such as a wrong password or a database that does not exist, ends the start at once.
 */
final class DatabaseWait {
    private static final Logger log = LoggerFactory.getLogger(DatabaseWait.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(30);

    /**
     * Classes of SQLSTATE of a database that will be there: connection exception, insufficient resources such as too many
     * connections, and operator intervention such as a start or a stop under way.
     */
    private static final Set<String> PASSING = Set.of("08", "53", "57");

    /** The driver does not accept how the server wants to talk: without TLS, or by another authentication. */
    private static final String REJECTED_BY_DRIVER = "08004";

    /** The driver met a fault that it does not know, such as one of a class that gets tokens. */
    private static final String UNKNOWN_TO_DRIVER = "99999";

    private final DataSource dataSource;
    private final Duration longest;
    private final String settings;

    /**
     * @param longest how long to wait before the start is given up
     * @param settings what to correct if the database refuses, for the operator
     */
    DatabaseWait(DataSource dataSource, Duration longest, String settings) {
        this.dataSource = dataSource;
        this.longest = longest;
        this.settings = settings;
    }

    /**
     * Returns once the database has answered.
     *
     * @throws IllegalStateException if it refuses, or is away for too long; the message says which, and what to do
     */
    void await() {
        // Spring's own hook waits for the start to end, so a process that is told to stop would go on waiting.
        Thread waiting = Thread.currentThread();
        Thread stop = new Thread(waiting::interrupt, "stop-waiting");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            awaitAnswer();
        } finally {
            remove(stop);
        }
    }

    private static void remove(Thread stop) {
        try {
            Runtime.getRuntime().removeShutdownHook(stop);
        } catch (IllegalStateException stopping) {
            log.debug("The process stops: {}", stopping.getMessage());
        }
    }

    private void awaitAnswer() {
        long began = System.nanoTime();
        long nextLine = began;
        while (true) {
            try (Connection answered = dataSource.getConnection()) {
                log.debug("The database answers: {}", answered);
                return;
            } catch (SQLException | RuntimeException fault) {
                String reason = Secrets.masked(reason(fault));
                long now = System.nanoTime();
                if (now - began > longest.toNanos()) {
                    throw new DatabaseUnavailableException("The database did not answer within " + longest.toSeconds()
                            + " seconds (" + reason + "). Start it, or correct spring.datasource.url.");
                }
                if (now - nextLine >= 0) {
                    log.warn(
                            "The database does not answer yet: {} Sluice goes on trying for {} seconds.",
                            reason,
                            longest.minusNanos(now - began).toSeconds());
                    nextLine = now + BETWEEN_LINES.toNanos();
                }
                pause(PAUSE, "the database");
            }
        }
    }

    /** What the database, the driver or the network said; throws if time will not mend it. */
    private String reason(Exception fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException refusal && refusal.getSQLState() != null) {
                return reason(refusal);
            }
        }
        return String.valueOf(fault.getMessage());
    }

    private String reason(SQLException refusal) {
        String state = String.valueOf(refusal.getSQLState());
        Throwable told = state.equals(UNKNOWN_TO_DRIVER) ? NestedExceptionUtils.getMostSpecificCause(refusal) : refusal;
        String message = Secrets.masked(String.valueOf(told.getMessage())).replaceFirst("\\.$", "");
        if (isNotTrusted(refusal)) {
            throw new DatabaseUnavailableException("The connection to the database cannot be trusted: " + message
                    + ". Correct the URL, sslmode and sslrootcert in it, or the certificate of the database.");
        }
        if (state.equals(UNKNOWN_TO_DRIVER)
                && DatabaseTransport.sendsTokens(DatabaseTransport.parameters(dataSource))) {
            return String.valueOf(told.getMessage());
        }
        if (!PASSING.contains(state.substring(0, 2)) || state.equals(REJECTED_BY_DRIVER)) {
            throw new DatabaseUnavailableException(
                    "The database refuses the connection: " + message + ". Correct " + settings + ".");
        }
        return String.valueOf(refusal.getMessage());
    }

    /** The driver found a certificate or a host that it does not trust, rather than a network that failed meanwhile. */
    private static boolean isNotTrusted(SQLException refusal) {
        return refusal.getStackTrace().length > 0
                && refusal.getStackTrace()[0].getClassName().startsWith("org.postgresql.ssl.")
                && Stream.of(SocketException.class, EOFException.class, InterruptedIOException.class)
                        .noneMatch(network -> ExceptionUtils.indexOfType(refusal, network) >= 0);
    }

    static void pause(Duration time, String awaited) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The start was interrupted while it waited for " + awaited + ".");
        }
    }
}
