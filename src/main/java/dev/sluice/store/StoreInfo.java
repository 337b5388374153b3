package dev.sluice.store;

import dev.sluice.database.FailoverExceptionTranslator;
import dev.sluice.fhir.ResourceType;
import java.sql.DatabaseMetaData;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reports properties of the store: its database, whether it is empty, its patients, and the version of its
 * index data. */
@Component
public class StoreInfo {
    /** Up to so many rows of a type are counted. */
    public static final long COUNTED = 10_000;

    private static final Pattern PLAN_ROWS = Pattern.compile("\"Plan Rows\": (\\d+)");

    private final JdbcTemplate jdbc;

    /** Reads through connections of this source. */
    public StoreInfo(DataSource source) {
        this.jdbc = FailoverExceptionTranslator.jdbc(source);
    }

    /** The product, the version and the address of the database, without user and password. */
    public String describe() {
        return String.valueOf(jdbc.execute((ConnectionCallback<String>) connection -> {
            DatabaseMetaData data = connection.getMetaData();
            return data.getDatabaseProductName() + " " + data.getDatabaseProductVersion() + " ("
                    + data.getURL().replaceAll("\\?.*", "") + ")";
        }));
    }

    /** The numbers of these patients. A patient to which no resource ever referred has none. */
    public int[] patientNumbers(Collection<String> patientIds) {
        return jdbc
                .queryForList(
                        "select number from patient_number where patient_id = any(?) order by number",
                        Integer.class,
                        (Object) patientIds.toArray(String[]::new))
                .stream()
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /**
     * The size of the rows of one type.
     *
     * @param versions about how many versions are stored, earlier ones and deletions included
     * @param bytes on the disk, with indexes
     */
    public record TypeSize(ResourceType type, long versions, long bytes) {}

    /** The sizes of the types that have rows, by the statistics of PostgreSQL: no row is read. */
    public List<TypeSize> sizes() {
        return jdbc
                .query(
                        "select c.relname, greatest(c.reltuples, s.n_live_tup, 0)::bigint, pg_total_relation_size(c.oid)"
                                + " from (select c.oid, c.relname, c.reltuples from pg_inherits i join pg_class c"
                                + " on c.oid = i.inhrelid where i.inhparent = 'resource'::regclass offset 0) c"
                                + " left join pg_stat_all_tables s on s.relid = c.oid where pg_relation_size(c.oid) > 0",
                        (row, n) -> new TypeSize(
                                Objects.requireNonNull(RowRanges.BY_PARTITION.get(row.getString(1))),
                                row.getLong(2),
                                row.getLong(3)))
                .stream()
                .sorted(Comparator.comparing(TypeSize::type))
                .toList();
    }

    /**
     * What is stored of one type.
     *
     * @param resources the current ones; above {@link #COUNTED} about how many, by the statistics of PostgreSQL
     * @param day how many versions were written within a day; more than {@link #COUNTED} are not counted
     * @param week the same of a week
     * @param bytes on the disk, with indexes and earlier versions
     */
    public record TypeContent(ResourceType type, long resources, long day, long week, long bytes) {}

    /** What is stored of each type that has rows. It reads a bounded number of rows of each. */
    public List<TypeContent> contents() {
        return sizes().stream().map(this::content).toList();
    }

    private TypeContent content(TypeSize size) {
        String ofType = " from resource where type = '" + size.type() + "'";
        long[] first = counts("select count(*) filter (where superseded_at is null and not deleted), count(*) from"
                + " (select superseded_at, deleted" + ofType + limit());
        long[] changed = counts("select count(*) filter (where last_updated > now() - interval '1 day'), count(*) from"
                + " (select last_updated" + ofType + " and last_updated > now() - interval '7 days'"
                + " order by last_updated desc" + limit());
        long resources = first[1] > COUNTED
                ? planned("select" + ofType + " and superseded_at is null and not deleted")
                : first[0];
        return new TypeContent(size.type(), resources, changed[0], changed[1], size.bytes());
    }

    private static String limit() {
        return " limit " + (COUNTED + 1) + ") t";
    }

    private long[] counts(String sql) {
        return Objects.requireNonNull(
                jdbc.queryForObject(sql, (row, n) -> new long[] {row.getLong(1), row.getLong(2)}), sql);
    }

    /** How many rows PostgreSQL expects. */
    private long planned(String sql) {
        String plan = String.valueOf(jdbc.queryForObject("explain (format json) " + sql, String.class));
        Matcher rows = PLAN_ROWS.matcher(plan);
        return rows.find() ? Long.parseLong(rows.group(1)) : 0;
    }

    /** The bytes of the database on the disk, and those of the sealed segments in it. */
    public record DatabaseSize(long all, long segments) {}

    /** The size of the database on the disk. */
    public DatabaseSize databaseSize() {
        return Objects.requireNonNull(jdbc.queryForObject(
                "select pg_database_size(current_database()), pg_total_relation_size('segment')",
                (row, n) -> new DatabaseSize(row.getLong(1), row.getLong(2))));
    }

    /** Whether no resource has ever been written. */
    public boolean isEmpty() {
        return Boolean.TRUE.equals(jdbc.queryForObject("select not exists (select from resource)", Boolean.class));
    }

    /**
     * The version of the rules by which the token hashes of all rows were computed. A lookup that needs a later version
     * would miss rows.
     */
    public int tokenIndexVersion() {
        return Objects.requireNonNull(jdbc.queryForObject("select version from token_index_version", Integer.class));
    }
}
