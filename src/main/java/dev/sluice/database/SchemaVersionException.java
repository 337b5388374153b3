package dev.sluice.database;

/** The tables are not those of this version of Sluice, and this process may not migrate them. The message says what to do. */
public final class SchemaVersionException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    SchemaVersionException(String message) {
        super(message);
    }
}
