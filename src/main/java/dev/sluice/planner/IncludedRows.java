package dev.sluice.planner;

import dev.sluice.database.DatabaseSpace;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowScope;
import dev.sluice.store.Subquery;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Stores the rows that an export includes in addition to those that its level and types select. They are found once,
 * when the job is planned, so that every process reads the same rows.
 *
 * <p>It takes many statements to find them, so each planning has its own attempt id, which the plan names. Rows of
 * other attempts are not read, and are removed with the job. Safe for use by any number of threads and processes.
 */
@Component
public class IncludedRows {
    /** How a row is exported; the column {@code part}. A row that is CHANGED or UNCHANGED never becomes REMOVED. */
    public enum RowChange {
        /** The row is exported. */
        CHANGED,
        /** The row belongs to the export, and the client has had it since {@code _since}. */
        UNCHANGED,
        /** The row may have belonged to the export at {@code _since}, and no longer does. */
        REMOVED
    }

    /** The start of the statement that adds rows; it is followed by a query for attempt, type, key, part and depth. */
    static final String INSERT = "insert into included_row (attempt, type, key, part, depth) ";

    /** The end of that statement: an existing row is kept, but may change from UNCHANGED to CHANGED. */
    static final String ON_CONFLICT = " on conflict (attempt, type, key) do update set part = excluded.part,"
            + " depth = excluded.depth where included_row.part = 'UNCHANGED' and excluded.part = 'CHANGED'";

    /** The number of rows from which PostgreSQL needs statistics to plan queries with them. */
    private static final int MANY = 10_000;

    private final JdbcTemplate jdbc;
    private final DatabaseSpace space;

    IncludedRows(JdbcTemplate jdbc, DatabaseSpace space) {
        this.jdbc = jdbc;
        this.space = space;
    }

    /** Begins an attempt for a job. */
    public UUID begin(UUID job) {
        UUID attempt = UUID.randomUUID();
        write("insert into included_attempt (attempt, job_id) values (?, ?)", attempt, job);
        return attempt;
    }

    /** Completes the attempt. If its job was deleted meanwhile, the rows are deleted too. */
    @Transactional
    public void end(UUID attempt) {
        if (jdbc.queryForList("select from included_attempt where attempt = ? for update", attempt)
                .isEmpty()) {
            delete(" where attempt = ?", attempt);
            return;
        }
        Long rows = jdbc.queryForObject("select count(*) from included_row where attempt = ?", Long.class, attempt);
        if (rows != null && rows >= MANY) {
            jdbc.execute("select analyze_included_rows()");
        }
    }

    /** Deletes all rows of a job. */
    @Transactional
    public void delete(UUID job) {
        delete(" where attempt in (select attempt from included_attempt where job_id = ?)", job);
        jdbc.update("delete from included_attempt where job_id = ?", job);
    }

    private void delete(String attempts, UUID of) {
        jdbc.update("delete from included_row" + attempts, of);
        jdbc.update("delete from included_reference" + attempts, of);
    }

    /** Adds the rows of a query. An existing row is kept, but may change from UNCHANGED to CHANGED. */
    public void add(UUID attempt, RowChange change, RowQuery query, int depth) {
        write(insert(attempt, change, query, depth) + ON_CONFLICT);
    }

    /** Adds the rows of a query that have one of these ids. */
    public void add(UUID attempt, RowChange change, RowQuery query, int depth, List<String> ids) {
        write(insert(attempt, change, query, depth) + " and id = any(?)" + ON_CONFLICT, (Object)
                ids.toArray(String[]::new));
    }

    private void write(String sql, Object... values) {
        space.requireForWork();
        jdbc.update(sql, values);
    }

    private static String insert(UUID attempt, RowChange change, RowQuery query, int depth) {
        return INSERT + "select '" + attempt + "'::uuid, '" + query.type() + "', key, '" + change + "', " + depth
                + " from " + query.from();
    }

    /** The rows of one part, at one depth, or at any depth if it is null. */
    static RowScope rows(UUID attempt, ResourceType type, RowChange change, @Nullable Integer depth) {
        Map<String, String> equal =
                new TreeMap<>(Map.of("attempt", attempt.toString(), "type", type.name(), "part", change.name()));
        if (depth != null) {
            equal.put("depth", depth.toString());
        }
        return new RowScope.KeysIn(new Subquery("included_row", "key", equal));
    }

    /** The unchanged rows of the attempt and the type of these changed rows. */
    static RowScope unchanged(RowScope.KeysIn changed) {
        Map<String, String> equal = new TreeMap<>(changed.keys().equal());
        equal.put("part", RowChange.UNCHANGED.name());
        return new RowScope.KeysIn(
                new Subquery(changed.keys().table(), changed.keys().column(), equal));
    }

    /** The rows of resources that exported resources refer to; with {@code fromChanged}, that changed ones refer to. */
    static RowScope referenced(UUID attempt, ResourceType type, boolean fromChanged) {
        Map<String, String> equal = new TreeMap<>(Map.of("attempt", attempt.toString(), "type", type.name()));
        if (fromChanged) {
            equal.put("from_changed", "true");
        }
        return new RowScope.IdsIn(new Subquery("included_reference", "id", equal));
    }

    /** Records that rows refer to these resources. */
    public void addReferences(UUID attempt, Collection<ResourceKey> keys, boolean fromChanged) {
        write(
                "insert into included_reference (attempt, type, id, from_changed) select ?, type, id, ?"
                        + " from unnest(?::text[], ?::text[]) as u(type, id) on conflict (attempt, type, id)"
                        + " do update set from_changed = true where excluded.from_changed and not included_reference.from_changed",
                attempt,
                fromChanged,
                keys.stream().map(key -> key.type().name()).toArray(String[]::new),
                keys.stream().map(ResourceKey::id).toArray(String[]::new));
    }

    /**
     * The number of resources that the rows of an export refer to and that the export does not hold, by type.
     *
     * @param exported the queries for the exported resources of a type
     */
    public Map<String, Long> dangling(UUID attempt, Function<ResourceType, List<RowQuery>> exported) {
        Map<String, Long> dangling = new TreeMap<>();
        List<String> types = jdbc.queryForList(
                "select distinct type from included_reference where attempt = ?", String.class, attempt);
        for (String type : types) {
            StringBuilder missing =
                    new StringBuilder("select count(*) from included_reference f where f.attempt = ? and f.type = ?");
            for (RowQuery query : exported.apply(ResourceType.of(type))) {
                missing.append(" and not exists (select from ")
                        .append(query.table())
                        .append(" r where r.id = f.id and ")
                        .append(query.condition())
                        .append(")");
            }
            Long count = jdbc.queryForObject(missing.toString(), Long.class, attempt, type);
            if (count != null && count > 0) {
                dangling.put(type, count);
            }
        }
        return dangling;
    }
}
