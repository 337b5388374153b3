package dev.sluice.database;

/** The database does not answer or refuses the connection. The message says why, and what to do. */
public final class DatabaseUnavailableException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    DatabaseUnavailableException(String message) {
        super(message);
    }
}
