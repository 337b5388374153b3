package dev.sluice.database;

/**
 * Sets the timeouts of a transaction that is idle between statements for long, or whose reader consumes rows slowly.
 *
 * <p>The connection's own limit is for writers: a process that is paused would block others by its locks. A reader has
 * none, and what it waits for (a byte limit, slow requests, the storage, a costly filter) may take long. It still has a
 * limit, since an open snapshot keeps the database from removing old rows.
 */
public final class LongRead {
    /** Statements that hold until the end of the transaction. */
    public static final String SETTINGS =
            "set local idle_in_transaction_session_timeout = '1h'; set local statement_timeout = 0";

    private LongRead() {}
}
