package dev.sluice.planner;

import dev.sluice.database.DatabaseSpace;
import dev.sluice.database.LongRead;
import dev.sluice.fhir.ResourceType;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowScope;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Builds the lines of organised output in temporary tables: first the resources of each type with their blocks, then
 * the resource at the head of each block, then all lines in order.
 *
 * <p>For use by one thread, in one transaction. Every row that the filters accept is added once. A row that belongs to
 * no block is added too, so that each omitted row is counted.
 */
public final class OrganizedStaging {
    /**
     * A resource that belongs to more blocks than this is in none: a group with 50,000 members would be written 50,000
     * times, and each member adds 60 bytes to it.
     */
    public static final int MOST = 1_000;

    private final JdbcTemplate jdbc;
    private final DatabaseSpace space;
    private final List<ResourceType> targeted;
    private final UUID attempt = UUID.randomUUID();
    private final Map<String, Long> refused = new TreeMap<>();

    /**
     * @param targeted the target types of Provenance whose compartments do not determine all patients of the Provenance
     */
    OrganizedStaging(JdbcTemplate jdbc, DatabaseSpace space, List<ResourceType> targeted) {
        this.jdbc = jdbc;
        this.space = space;
        this.targeted = targeted;
        // Rows are read on another connection at the same time, and a filter may accept none of them for a long time.
        jdbc.execute(LongRead.SETTINGS);
        // blocks: how many the row belongs to; unchanged_head: it is in the files for its block alone, and is not
        // counted
        jdbc.execute("create temporary table organized_row (patient int, head text collate \"C\", type text not null,"
                + " key bigint not null, bytes int not null, blocks int not null, unchanged_head boolean not null)"
                + " on commit drop");
        jdbc.execute("create temporary table organized_head (id text collate \"C\" not null, key bigint not null,"
                + " bytes int not null) on commit drop");
    }

    /**
     * Some rows of one type.
     *
     * @param keys of the rows that the filters accept; empty = no filters exist, and all rows of the query are added
     */
    public record Rows(RowQuery query, List<Long> keys) {
        private String from() {
            return keys.isEmpty()
                    ? query.from()
                    : query.table() + " where key = any('"
                            + keys.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"))
                            + "'::bigint[])";
        }

        private String type() {
            return query.type().name();
        }
    }

    /**
     * Adds rows to the blocks of the exported patients in whose compartments they are. A Provenance is also added to
     * the blocks of its targets.
     */
    public void addToPatients(Rows rows, RowScope patients) {
        String numbered = rows.type().equals("Provenance") ? byTargets(rows, patients) : byCompartment(rows, patients);
        update("insert into organized_row select c.number, c.patient_id, '" + rows.type() + "', r.key, r.bytes,"
                + " coalesce(cardinality(r.numbers), 0), false from (" + numbered + ") r"
                + " left join lateral unnest(r.numbers) n (number) on cardinality(r.numbers) <= " + MOST
                + " left join patient_number c on c.number = n.number");
    }

    private static String byCompartment(Rows rows, RowScope patients) {
        return "select key, " + rows.query.size() + " as bytes, (select array_agg(u.patient)"
                + " from unnest(compartment) u (patient) where " + patients.sql("array[u.patient]")
                + ") as numbers from "
                + rows.from();
    }

    private String byTargets(Rows rows, RowScope patients) {
        StringBuilder pairs = new StringBuilder("select key, unnest(compartment) as patient from v");
        for (ResourceType type : targeted) {
            RowQuery targets = RowQuery.everything(type, rows.query.asOf());
            pairs.append(" union select v.key, unnest(o.compartment) from v join provenance_unsettled s on s.id = v.id")
                    .append(" and s.version_id = v.version_id join provenance_target t on t.id = v.id")
                    .append(" and t.version_id = v.version_id and not t.former and t.target_type = '")
                    .append(type)
                    .append("' join ")
                    .append(targets.table())
                    .append(" o on o.id = t.target_id where ")
                    .append(RowQuery.asOf(targets.asOf()));
        }
        return "with v as (select key, " + rows.query.size() + " as bytes, id, version_id, compartment from "
                + rows.from() + ") select v.key, v.bytes, array_agg(p.patient) filter (where p.patient is not null)"
                + " as numbers from v left join (" + pairs + ") p on p.key = v.key and "
                + patients.sql("array[p.patient]") + " group by v.key, v.bytes";
    }

    /** Adds rows to one block. */
    public void addTo(String head, Rows rows) {
        update(
                "insert into organized_row select null, ?, '" + rows.type() + "', key, " + rows.query.size()
                        + ", 1, false from " + rows.from(),
                head);
    }

    /**
     * Adds rows to blocks that are already known.
     *
     * @param heads one for each line; empty = the row belongs to none, or to too many
     * @param counts to how many blocks the row of the line belongs
     */
    public void add(ResourceType type, String[] heads, Long[] keys, Integer[] bytes, Integer[] counts) {
        update(
                "insert into organized_row select null, nullif(head, ''), ?, key, bytes, blocks, false"
                        + " from unnest(?::text[], ?::bigint[], ?::int[], ?::int[]) l (head, key, bytes, blocks)",
                type.name(),
                heads,
                keys,
                bytes,
                counts);
    }

    /** Counts rows of a type that the filters rejected. */
    public void refuse(ResourceType type, long rows) {
        refused.merge(type.name(), rows, Long::sum);
    }

    /** Must be called once, after all resources are added and before the heads of the blocks are added. */
    public void analyze() {
        jdbc.execute("analyze organized_row");
    }

    /** Adds candidates for heads of blocks. A resource that has a block comes first in it. */
    public void addHeads(Rows rows) {
        update("insert into organized_head select id, key, " + rows.query.size() + " from " + rows.from()
                + " and id in (select head from organized_row)");
    }

    /**
     * Adds to each block the resource at its head, if the block does not contain it because it has not changed.
     *
     * @param by the type of that resource
     */
    public void addUnchangedHeads(ResourceType by) {
        update(
                "insert into organized_row select (select number from patient_number where ? = 'Patient' and patient_id = h.id),"
                        + " h.id, ?, h.key, h.bytes, 1, true from organized_head h where not exists (select from organized_row r"
                        + " where r.type = ? and r.key = h.key and r.head = h.id)",
                by.name(),
                by.name(),
                by.name());
    }

    /**
     * Numbers the lines. The blocks are in the order in which the resources at their heads came to the store, so that
     * reads are mostly sequential. In each block the head comes first.
     */
    public void number(ResourceType by) {
        update(
                "insert into organized_line (attempt, seq, head, type, key, bytes) select ?, row_number() over (order by"
                        + " coalesce(r.patient, h.key) nulls last, r.head, (r.type = ? and r.key = h.key) is not true,"
                        + " r.type collate \"C\", r.key), r.head, r.type, r.key, r.bytes"
                        + " from organized_row r left join organized_head h on h.id = r.head where r.head is not null",
                attempt,
                by.name());
        count();
    }

    private void count() {
        update(
                "insert into organized_count select ?, type, rows, rows, in_no_block, in_too_many from (select type,"
                        + " count(distinct key) as rows, count(*) filter (where blocks = 0) as in_no_block,"
                        + " count(*) filter (where blocks > ?) as in_too_many from organized_row where not unchanged_head group by type) t",
                attempt,
                MOST);
        refused.forEach((type, rows) -> update(
                "insert into organized_count values (?, ?, ?, 0, 0, 0)"
                        + " on conflict (attempt, type) do update set read = organized_count.read + excluded.read",
                attempt,
                type,
                rows));
    }

    /** Identifies the lines. */
    public UUID attempt() {
        return attempt;
    }

    private void update(String sql, Object... values) {
        space.requireForWork();
        jdbc.update(sql, values);
    }
}
