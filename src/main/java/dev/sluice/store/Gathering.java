package dev.sluice.store;

import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Keeps the rows that belong to an export for another reason than its level and types: found once, when the job is
 * planned, and the same for every process from then on.
 *
 * <p>Finding them takes many statements, so each planning works under an attempt of its own, which the plan names. What
 * other attempts found is not read, and goes with the job. Safe for use by any number of threads and processes.
 */
@Component
public class Gathering {
    /** What is to be done with a row that was found; what is PRESENT or KNOWN is never GONE. */
    public enum Part {
        /** It is exported. */
        PRESENT,
        /** It belongs to the export, and the client has it since the moment after which changes are asked for. */
        KNOWN,
        /** It may have belonged to the export at that moment, and does not any more. */
        GONE
    }

    /** How rows are added; whatever follows gives attempt, type, key, part and depth. */
    static final String INSERT = "insert into gathered (attempt, type, key, part, depth) ";

    /** What comes behind it: a row that is there stays, but what was KNOWN may become PRESENT. */
    static final String KEEP = " on conflict (attempt, type, key) do update set part = excluded.part,"
            + " depth = excluded.depth where gathered.part = 'KNOWN' and excluded.part = 'PRESENT'";

    /** From this many rows on PostgreSQL should know how many there are before it plans with them. */
    private static final int MANY = 10_000;

    private final JdbcTemplate jdbc;

    Gathering(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Begins an attempt for a job. */
    public UUID begin(UUID job) {
        UUID attempt = UUID.randomUUID();
        jdbc.update("insert into gathering (attempt, job_id) values (?, ?)", attempt, job);
        return attempt;
    }

    /** The attempt has found everything. If its job was forgotten meanwhile, so is what it found. */
    @Transactional
    public void end(UUID attempt) {
        if (jdbc.queryForList("select from gathering where attempt = ? for update", attempt)
                .isEmpty()) {
            forget(" where attempt = ?", attempt);
            return;
        }
        Long rows = jdbc.queryForObject("select count(*) from gathered where attempt = ?", Long.class, attempt);
        if (rows != null && rows >= MANY) {
            jdbc.execute("analyze gathered");
        }
    }

    /** Forgets all that was found for a job. */
    @Transactional
    public void clear(UUID job) {
        forget(" where attempt in (select attempt from gathering where job_id = ?)", job);
        jdbc.update("delete from gathering where job_id = ?", job);
    }

    private void forget(String attempts, UUID of) {
        jdbc.update("delete from gathered" + attempts, of);
        jdbc.update("delete from gathered_reference" + attempts, of);
    }

    /** Adds the rows of a query; a row that is there stays as it is, but what was KNOWN may become PRESENT. */
    public void add(UUID attempt, Part part, RowQuery query, int depth) {
        jdbc.update(insert(attempt, part, query, depth) + KEEP);
    }

    /** Adds those rows of a query that have one of these ids. */
    public void add(UUID attempt, Part part, RowQuery query, int depth, List<String> ids) {
        jdbc.update(
                insert(attempt, part, query, depth) + " and id = any(?)" + KEEP, (Object) ids.toArray(String[]::new));
    }

    private static String insert(UUID attempt, Part part, RowQuery query, int depth) {
        return INSERT + "select '" + attempt + "'::uuid, '" + query.type() + "', key, '" + part + "', " + depth
                + " from " + query.from();
    }

    /** Notes that rows refer to these resources. */
    public void addReferences(UUID attempt, Collection<ResourceKey> keys, boolean fresh) {
        jdbc.update(
                "insert into gathered_reference (attempt, type, id, fresh) select ?, type, id, ?"
                        + " from unnest(?::text[], ?::text[]) as u(type, id) on conflict (attempt, type, id)"
                        + " do update set fresh = true where excluded.fresh and not gathered_reference.fresh",
                attempt,
                fresh,
                keys.stream().map(key -> key.type().name()).toArray(String[]::new),
                keys.stream().map(ResourceKey::id).toArray(String[]::new));
    }

    /**
     * How many resources the rows of an export refer to that are not in it, by type.
     *
     * @param exported the queries that give the exported resources of a type
     */
    public Map<String, Long> dangling(UUID attempt, Function<ResourceType, List<RowQuery>> exported) {
        Map<String, Long> dangling = new TreeMap<>();
        List<String> types = jdbc.queryForList(
                "select distinct type from gathered_reference where attempt = ?", String.class, attempt);
        for (String type : types) {
            StringBuilder missing =
                    new StringBuilder("select count(*) from gathered_reference f where f.attempt = ? and f.type = ?");
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
