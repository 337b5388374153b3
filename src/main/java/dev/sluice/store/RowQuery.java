package dev.sluice.store;

import dev.sluice.fhir.ResourceType;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says which rows of one type to read: those current at a moment, in some compartments; all of them, or what changed
 * after an earlier moment; and of these the resources that are there, or what is not there any more.
 *
 * @param type the type
 * @param asOf a closed moment; the rows are the same whenever the query runs
 * @param since what counts as a change; null = all rows
 * @param members which rows are taken as of the moment
 * @param lookup what indexes leave to be decided row by row; null = all
 * @param versions which versions of a resource are read
 * @param what resources or deletions
 */
public record RowQuery(
        ResourceType type,
        Instant asOf,
        @Nullable Since since,
        Membership members,
        @Nullable Lookup lookup,
        Versions versions,
        What what) {
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

    /** Every current resource of a type. */
    public static RowQuery everything(ResourceType type, Instant asOf) {
        return of(type, asOf, new Membership.Everything());
    }

    /** The current resources of a type that are in some compartments. */
    public static RowQuery of(ResourceType type, Instant asOf, Membership members) {
        return new RowQuery(type, asOf, null, members, null, Versions.CURRENT, What.RESOURCES);
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
     * Which versions of a resource are read: the current one, if it is there; or more.
     *
     * @param history earlier versions are read too, but those that were replaced at or before this moment; null = none
     * @param deletions deletions are read too; a row then gives a resource with nothing but a {@code meta} that says so
     */
    public record Versions(@Nullable Instant history, boolean deletions) {
        /** The current version alone. */
        public static final Versions CURRENT = new Versions(null, false);

        /** As Microsoft's FHIR server writes them; its URL is a name and nothing to open. */
        private static final String DELETED =
                "\"extension\":[{\"url\":\"http://azurehealthcareapis.com/data-extensions/"
                        + "deleted-state\",\"valueString\":\"soft-deleted\"}]";

        private static String marker(ResourceType type) {
            return "'{\"resourceType\":\"" + type
                    + "\",\"id\":\"' || id || '\",\"meta\":{\"versionId\":\"'"
                    + " || coalesce(meta_version_id, version_id) || '\",\"lastUpdated\":\"'"
                    + " || coalesce(meta_last_updated, to_char(last_updated at time zone 'UTC',"
                    + " 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')) || '\"," + DELETED + "}}'";
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

    /** Of these rows what changed after a moment, for whatever reason they are taken; all, if it is null. */
    public RowQuery since(@Nullable Instant moment) {
        Membership nobody = new Membership.Nobody();
        Since changed = moment == null ? null : new Since(moment, nobody, nobody);
        return new RowQuery(type, asOf, changed, members, lookup, versions, what);
    }

    /** Of these rows those that a look-up finds; all, if it is null. */
    public RowQuery narrowedBy(@Nullable Lookup found) {
        return new RowQuery(type, asOf, since, members, found, versions, what);
    }

    /** The same query for another type. */
    public RowQuery ofType(ResourceType other) {
        return new RowQuery(other, asOf, since, members, lookup, versions, what);
    }

    /** The same query for resources, or for deletions. */
    public RowQuery giving(What other) {
        return new RowQuery(type, asOf, since, members, lookup, versions, other);
    }

    /** The same rows, whatever changed when. */
    public RowQuery whole() {
        return new RowQuery(type, asOf, null, members, lookup, versions, what);
    }

    /** Whether sealed segments may hold just the rows of this query, which are whole types or compartments. */
    boolean mayBeSealed() {
        return isPlain()
                && (members instanceof Membership.Everything
                        || (members instanceof Membership.AnyPatientBut patients && !patients.some()));
    }

    /** Whether nothing but membership says which current resources are taken. */
    private boolean isPlain() {
        return what == What.RESOURCES && since == null && lookup == null && versions.equals(Versions.CURRENT);
    }

    /** The further condition on a segment whose rows are all taken, as SQL. */
    String sealed() {
        return members instanceof Membership.Everything ? "" : " and in_compartments = lines";
    }

    /** What a row gives, as SQL. */
    public String column() {
        return what == What.RESOURCES && versions.deletions
                ? "coalesce(body, " + Versions.marker(type) + ")"
                : what.column;
    }

    /** The bytes of a row for cutting files, as SQL. */
    public String size() {
        return what.size;
    }

    /**
     * The rows as SQL: table and condition. COPY takes no parameters, so everything stands in the text; nothing in it is a
     * client's. The type's partition is named itself: a condition on the type would keep PostgreSQL from reading sizes
     * from the index alone, though it is true for every row.
     */
    public String from() {
        return table() + " where " + condition();
    }

    /** The same rows, for a question about their number or sizes alone, in parts that have no row in common. */
    List<String> fromByKey() {
        return isPlain()
                ? members.sqlByKey(table()).stream()
                        .map(taken -> table() + " where " + asOf(asOf) + " and not deleted and (" + taken + ")")
                        .toList()
                : List.of(from());
    }

    /** Selects of all rows something that the indexes of {@link #fromByKey} have, as SQL. */
    String selectByKey(String columns) {
        return fromByKey().stream()
                .map(part -> "select " + columns + " from " + part)
                .collect(Collectors.joining(" union all "));
    }

    /** Selects {@code key} and {@code size} of all rows, as SQL. */
    public String keysAndSizes() {
        return selectByKey("key, " + what.size + " as size");
    }

    public String table() {
        return "resource_" + type.name().toLowerCase(Locale.ROOT);
    }

    public String condition() {
        return (versions.history == null ? asOf(asOf) : between(versions.history, asOf)) + " and "
                + (what == What.RESOURCES ? present() : gone());
    }

    private String present() {
        String taken = (versions.deletions ? "(" : "not deleted and (") + members.sql() + ")"
                + (lookup == null ? "" : " and " + lookup.sql());
        if (since == null) {
            return taken;
        }
        String changed = changed(since);
        return taken + " and "
                + (since.joined.isNobody() ? changed : "(" + changed + " or (" + since.joined.sql() + "))");
    }

    /**
     * Rows that may have been taken as of the earlier moment and are not now. A row too many does no harm: its resource
     * is not there for the client either way.
     */
    private String gone() {
        if (members instanceof Membership.Gathered) {
            return members.sql();
        }
        if (since == null) {
            return "false";
        }
        String changed = changed(since);
        if (members instanceof Membership.Everything) {
            return "deleted and " + changed;
        }
        String left = since.left.isNobody() ? "" : " or (" + since.left.sql() + ")";
        return "(deleted or (" + members.sql() + ") is not true) and ((" + changed + " and (" + ever(since) + "))"
                + left + ")";
    }

    private String ever(Since from) {
        return either(Membership::sql, from.left) + " or " + either(members -> members.sql("former"), from.left);
    }

    /** The condition that a row is, or was before, in one of the compartments, deleted or not. */
    String ever() {
        return since == null ? "(" + members.sql() + ")" : "(" + ever(since) + ")";
    }

    /** The condition that a row is new to a client who was here at the moment; whether it is taken is not asked. */
    String fresh() {
        return since == null
                ? "true"
                : "coalesce(" + changed(since) + " or (" + since.joined.sql() + ") or (" + since.left.sql()
                        + "), false)";
    }

    private String either(Function<Membership, String> sql, Membership left) {
        return "(" + sql.apply(members) + ")" + (left.isNobody() ? "" : " or (" + sql.apply(left) + ")");
    }

    private static String changed(Since since) {
        return "last_updated > " + literal(since.moment);
    }

    /** The condition that a version was current at a moment. */
    public static String asOf(Instant moment) {
        String at = literal(moment);
        return "last_updated <= " + at + " and (superseded_at is null or superseded_at > " + at + ")";
    }

    /** The condition that a version was written by a moment, and replaced after an earlier one if at all. */
    private static String between(Instant from, Instant moment) {
        return "last_updated <= " + literal(moment) + " and (superseded_at is null or superseded_at > " + literal(from)
                + ")";
    }

    /** A moment as SQL; one before or after all that a row may have is the end of PostgreSQL's time. */
    static String literal(Instant moment) {
        String text = moment.isBefore(FIRST) ? "-infinity" : moment.isAfter(LAST) ? "infinity" : moment.toString();
        return "timestamptz '" + text + "'";
    }
}
