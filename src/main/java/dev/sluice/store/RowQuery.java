package dev.sluice.store;

import dev.sluice.fhir.ResourceType;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Says which rows of one type to read: those current at a moment, changed after another, in some compartments; and of
 * them the resources that are there, or the deletions.
 *
 * @param type the type
 * @param asOf a closed moment; the rows are the same whenever the query runs
 * @param since only rows written after this moment; null = all
 * @param membership which of them
 * @param what resources or deletions
 */
public record RowQuery(
        ResourceType type, Instant asOf, @Nullable Instant since, Membership membership, What what) {
    /** What the rows of a query are. */
    public enum What {
        /** Resources; a row gives the body. */
        RESOURCES("body", "not deleted"),
        /** Deletions; a row gives the id of the resource that is gone. */
        DELETIONS("id", "deleted");

        private final String column;
        private final String condition;

        What(String column, String condition) {
            this.column = column;
            this.condition = condition;
        }
    }

    /** The column that a row gives. */
    String column() {
        return what.column;
    }
    /** The condition as SQL. COPY takes no parameters, so everything stands in the text; nothing in it is a client's. */
    String where() {
        return "type = '" + type + "' and " + asOf(asOf) + " and " + what.condition
                + (since == null ? "" : " and last_updated > " + literal(since)) + " and (" + membership.sql() + ")";
    }

    /** The condition that a version was current at a moment. */
    static String asOf(Instant moment) {
        String at = literal(moment);
        return "last_updated <= " + at + " and (superseded_at is null or superseded_at > " + at + ")";
    }

    private static String literal(Instant moment) {
        return "timestamptz '" + moment + "'";
    }
}
