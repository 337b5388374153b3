package dev.sluice.database;

/**
 * Makes a transaction find rows by index only.
 *
 * <p>PostgreSQL keeps the plan of a statement that a connection repeats. One that was made while a table was empty
 * reads all of it, and goes on to do so, batch after batch, however large the table has become.
 */
public final class PlannerHints {
    /** A call, to be part of a query before the look-ups; it holds until the end of the transaction. */
    public static final String ONLY = "set_config('enable_seqscan', 'off', true)";

    private PlannerHints() {}
}
