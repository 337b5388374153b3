package dev.sluice.store;

import dev.sluice.fhir.ResourceType;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A query for rows of one type: the rows that were current at a closed timestamp, in some compartments. It selects all
 * of them or only changes since an earlier time, and either resources or deletions.
 *
 * @param type the type
 * @param asOf a closed timestamp; the rows are the same whenever the query runs
 * @param since selects changes only; null = all rows
 * @param scope which rows are selected as of the closed timestamp
 * @param lookup a condition that indexes serve; null = none
 * @param versions which versions of a resource are read
 * @param content resources or deletions
 */
public record RowQuery(
        ResourceType type,
        Instant asOf,
        @Nullable Since since,
        RowScope scope,
        @Nullable IndexLookup lookup,
        Versions versions,
        RowContent content) {
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

    /** Every current resource of a type. */
    public static RowQuery everything(ResourceType type, Instant asOf) {
        return of(type, asOf, new RowScope.Everything());
    }

    /** The current resources of a type that are in some compartments. */
    public static RowQuery of(ResourceType type, Instant asOf, RowScope scope) {
        return new RowQuery(type, asOf, null, scope, null, Versions.CURRENT, RowContent.RESOURCES);
    }

    /** What the rows of a query stand for. */
    public enum RowContent {
        /** Resources; a row gives the body. */
        RESOURCES("body", "bytes"),
        /**
         * Resources that were selected before and no longer are, because they were deleted or left the compartments; a
         * row gives the id.
         */
        DELETIONS("id", "0");

        private final String column;
        private final String size;

        RowContent(String column, String size) {
            this.column = column;
            this.size = size;
        }
    }

    /**
     * Which versions of a resource are read: the current one, or more.
     *
     * @param history earlier versions that were replaced after this time are read too; null = none
     * @param deletions deletions are read too; a row then gives a resource that has only a {@code meta} that marks the
     *     deletion
     */
    public record Versions(@Nullable Instant history, boolean deletions) {
        /** Only the current version. */
        public static final Versions CURRENT = new Versions(null, false);

        /** The form that Microsoft's FHIR server writes. The URL is only a name. */
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
     * Selects changes after a time: every row that was written after it, all rows of patients that joined and, as
     * deletions, the rows of patients that left.
     *
     * @param time rows that were written after this time have changed
     * @param joined the members that were not members at this time
     * @param left the members at this time that no longer are members
     */
    public record Since(Instant time, RowScope joined, RowScope left) {}

    /** This query limited to rows that were written after a time; unlimited if it is null. */
    public RowQuery since(@Nullable Instant time) {
        RowScope nobody = new RowScope.Nobody();
        Since changed = time == null ? null : new Since(time, nobody, nobody);
        return new RowQuery(type, asOf, changed, scope, lookup, versions, content);
    }

    /** This query limited to rows that a lookup finds; unlimited if it is null. */
    public RowQuery narrowedBy(@Nullable IndexLookup found) {
        return new RowQuery(type, asOf, since, scope, found, versions, content);
    }

    /** The same query for another type. */
    public RowQuery ofType(ResourceType other) {
        return new RowQuery(other, asOf, since, scope, lookup, versions, content);
    }

    /** The same query for the rows of another scope. */
    public RowQuery within(RowScope other) {
        return new RowQuery(type, asOf, since, other, lookup, versions, content);
    }

    /** The same query for resources, or for deletions. */
    public RowQuery withContent(RowContent other) {
        return new RowQuery(type, asOf, since, scope, lookup, versions, other);
    }

    /** The same query, without the limit to changes. */
    public RowQuery withoutSince() {
        return new RowQuery(type, asOf, null, scope, lookup, versions, content);
    }

    /** Whether sealed segments can serve this query, because it selects whole types or compartments. */
    boolean mayBeSealed() {
        return isPlain()
                && (scope instanceof RowScope.Everything
                        || (scope instanceof RowScope.AnyPatientBut patients && patients.absent() == null));
    }

    /** Whether membership alone decides which current resources are selected. */
    private boolean isPlain() {
        return content == RowContent.RESOURCES && since == null && lookup == null && versions.equals(Versions.CURRENT);
    }

    /** The additional condition on a segment whose rows are all selected, as SQL. */
    String sealed() {
        return scope instanceof RowScope.Everything ? "" : " and in_compartments = lines";
    }

    /** The selected columns, as SQL. */
    public String column() {
        return content == RowContent.RESOURCES && versions.deletions
                ? "coalesce(body, " + Versions.marker(type) + ")"
                : content.column;
    }

    /** The size of a row, by which files are divided, as SQL. */
    public String size() {
        return content.size;
    }

    /**
     * The rows as SQL: table and condition. COPY takes no parameters, so the text contains all values; none comes from
     * a client. It names the partition of the type directly: a condition on the type would prevent index-only scans for
     * sizes.
     */
    public String from() {
        return table() + " where " + condition();
    }

    /** The same rows, for queries of their number or sizes only, in parts that share no row. */
    List<String> fromByKey() {
        return isPlain()
                ? scope.sqlByKey(table()).stream()
                        .map(taken -> table() + " where " + asOf(asOf) + " and not deleted and (" + taken + ")")
                        .toList()
                : List.of(from());
    }

    /** Selects columns of all rows that the indexes of {@link #fromByKey} contain, as SQL. */
    String selectByKey(String columns) {
        return fromByKey().stream()
                .map(part -> "select " + columns + " from " + part)
                .collect(Collectors.joining(" union all "));
    }

    /** Selects {@code key} and {@code size} of all rows, as SQL. */
    public String keysAndSizes() {
        return selectByKey("key, " + content.size + " as size");
    }

    public String table() {
        return "resource_" + type.name().toLowerCase(Locale.ROOT);
    }

    public String condition() {
        return (versions.history == null ? asOf(asOf) : between(versions.history, asOf)) + " and "
                + (content == RowContent.RESOURCES ? resourceCondition() : deletionCondition());
    }

    private String resourceCondition() {
        String taken = (versions.deletions ? "(" : "not deleted and (") + scope.sql() + ")"
                + (lookup == null ? "" : " and " + lookup.sql());
        if (since == null) {
            return taken;
        }
        String changed = changed(since);
        return taken + " and "
                + (since.joined.isNobody() ? changed : "(" + changed + " or (" + since.joined.sql() + "))");
    }

    /**
     * Rows that may have been selected as of the earlier time and are not now. An additional row does no harm: its
     * resource does not exist for the client in either case.
     */
    private String deletionCondition() {
        if (scope instanceof RowScope.KeysIn) {
            return scope.sql();
        }
        if (since == null) {
            return "false";
        }
        String changed = changed(since);
        if (scope instanceof RowScope.Everything) {
            return "deleted and " + changed;
        }
        String left = since.left.isNobody() ? "" : " or " + ofLeft(since.left.sql(), since);
        return "(deleted or (" + scope.sql() + ") is not true) and ((" + changed + " and (" + inScopeNowOrBefore(since)
                + "))" + left + ")";
    }

    private String inScopeNowOrBefore(Since from) {
        return anyOf(RowScope::sql, from) + " or " + anyOf(rows -> rows.sql("former_compartment"), from);
    }

    /**
     * Rows of patients that left, but for those of resources that did not exist at the earlier time: they were never
     * selected, and who exports a group gets no news of a patient who is not in it any more.
     */
    private String ofLeft(String condition, Since from) {
        return "((" + condition + ") and " + existedAt(from.time, table(), table()) + ")";
    }

    /**
     * The condition that a resource existed at a time, deleted or not, or that its first version is not kept any more.
     *
     * @param rows the name or alias of the table in the statement
     */
    public static String existedAt(Instant time, String table, String rows) {
        return "not exists (select from " + table + " first where first.id = " + rows
                + ".id and first.version_id = 1 and first.last_updated > " + literal(time) + ")";
    }

    /** The condition that a row is, or was before, in one of the compartments, deleted or not. */
    public String inScopeNowOrBefore() {
        return since == null ? "(" + scope.sql() + ")" : "(" + inScopeNowOrBefore(since) + ")";
    }

    /**
     * The condition that a row is new to a client that exported at the earlier time. It does not test whether the row
     * is selected.
     */
    public String changed() {
        return since == null
                ? "true"
                : "coalesce(" + changed(since) + " or (" + since.joined.sql() + ") or (" + since.left.sql()
                        + "), false)";
    }

    private String anyOf(Function<RowScope, String> sql, Since from) {
        return "(" + sql.apply(scope) + ")" + (from.left.isNobody() ? "" : " or " + ofLeft(sql.apply(from.left), from));
    }

    private static String changed(Since since) {
        return "last_updated > " + literal(since.time);
    }

    /** The condition that a version was current at a time. */
    public static String asOf(Instant time) {
        String at = literal(time);
        return "last_updated <= " + at + " and (superseded_at is null or superseded_at > " + at + ")";
    }

    /**
     * The condition that a version was written at or before a time, and was not replaced at or before an earlier time.
     */
    private static String between(Instant from, Instant time) {
        return "last_updated <= " + literal(time) + " and (superseded_at is null or superseded_at > " + literal(from)
                + ")";
    }

    /** A time as SQL. A time outside the range that rows can have becomes PostgreSQL's infinity. */
    public static String literal(Instant time) {
        String text = time.isBefore(FIRST) ? "-infinity" : time.isAfter(LAST) ? "infinity" : time.toString();
        return "timestamptz '" + text + "'";
    }
}
