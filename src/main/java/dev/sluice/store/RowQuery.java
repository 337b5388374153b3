package dev.sluice.store;

import dev.sluice.fhir.ResourceType;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Says which rows of one type to read: those current at a moment, in some compartments; all of them, or what changed
 * after an earlier moment; and of these the resources that are there, or what is not there any more.
 *
 * @param type the type
 * @param asOf a closed moment; the rows are the same whenever the query runs
 * @param since what counts as a change; null = all rows
 * @param members which rows are taken as of the moment
 * @param lookup what the index on signatures leaves to be decided row by row; null = all
 * @param what resources or deletions
 */
public record RowQuery(
        ResourceType type,
        Instant asOf,
        @Nullable Since since,
        Membership members,
        @Nullable Lookup lookup,
        What what) {
    /** Every current resource of a type. */
    public static RowQuery everything(ResourceType type, Instant asOf) {
        return new RowQuery(type, asOf, null, new Membership.Everything(), null, What.RESOURCES);
    }

    /** What the rows of a query are. */
    public enum What {
        /** Resources; a row gives the body. */
        RESOURCES("body", "bytes"),
        /** Resources that were taken before and are not any more: deleted, or left; a row gives the id. */
        DELETIONS("id", "0");

        private final String column;
        private final String size;

        What(String column, String size) {
            this.column = column;
            this.size = size;
        }
    }

    /**
     * Numbers to look up among the signatures of rows: one of these lists, and of each set in it one number.
     *
     * @param anyOf at least one list of at least one set
     */
    public record Lookup(List<List<long[]>> anyOf) {
        String sql() {
            return anyOf.stream()
                    .map(all -> all.stream()
                            .map(set -> "signature && '{"
                                    + LongStream.of(set)
                                            .mapToObj(Long::toString)
                                            .collect(Collectors.joining(","))
                                    + "}'::bigint[]")
                            .collect(Collectors.joining(" and ", "(", ")")))
                    .collect(Collectors.joining(" or ", "(", ")"));
        }
    }

    /**
     * What changed after a moment: every row that was written after it; all rows of who joined; and, as a deletion, those
     * of who left.
     *
     * @param moment rows written after it have changed
     * @param joined who is a member, and was none at the moment
     * @param left who was a member at the moment, and is none any more
     */
    public record Since(Instant moment, Membership joined, Membership left) {}

    /** The column that a row gives. */
    String column() {
        return what.column;
    }

    /** The bytes of a row for cutting files, as SQL. */
    String size() {
        return what.size;
    }

    /**
     * The rows as SQL: table and condition. COPY takes no parameters, so everything stands in the text; nothing in it is a
     * client's. The type's partition is named itself: a condition on the type would keep PostgreSQL from reading sizes
     * from the index alone, though it is true for every row.
     */
    String from() {
        return table() + " where " + condition();
    }

    String table() {
        return "resource_" + type.name().toLowerCase(Locale.ROOT);
    }

    String condition() {
        return asOf(asOf) + " and " + (what == What.RESOURCES ? present() : gone());
    }

    private String present() {
        String taken =
                "not deleted and (" + members.sql("compartment") + ")" + (lookup == null ? "" : " and " + lookup.sql());
        if (since == null) {
            return taken;
        }
        String changed = changed(since);
        return taken + " and "
                + (since.joined.isNobody()
                        ? changed
                        : "(" + changed + " or (" + since.joined.sql("compartment") + "))");
    }

    /**
     * Rows that may have been taken as of the earlier moment and are not now. A row too many does no harm: its resource
     * is not there for the client either way.
     */
    private String gone() {
        if (since == null) {
            return "false";
        }
        String changed = changed(since);
        if (members instanceof Membership.Everything) {
            return "deleted and " + changed;
        }
        String then = either("compartment", since.left) + " or " + either("former", since.left);
        String left = since.left.isNobody() ? "" : " or (" + since.left.sql("compartment") + ")";
        return "(deleted or (" + members.sql("compartment") + ") is not true) and ((" + changed + " and (" + then + "))"
                + left + ")";
    }

    private String either(String column, Membership left) {
        return "(" + members.sql(column) + ")" + (left.isNobody() ? "" : " or (" + left.sql(column) + ")");
    }

    private static String changed(Since since) {
        return "last_updated > " + literal(since.moment);
    }

    /** The condition that a version was current at a moment. */
    static String asOf(Instant moment) {
        String at = literal(moment);
        return "last_updated <= " + at + " and (superseded_at is null or superseded_at > " + at + ")";
    }

    static String literal(Instant moment) {
        return "timestamptz '" + moment + "'";
    }
}
