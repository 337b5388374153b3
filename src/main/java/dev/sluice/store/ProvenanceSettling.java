package dev.sluice.store;

import dev.sluice.fhir.ResourceType;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Marks the Provenance resources that belong only to the patients in whose compartments they are, so that exports need
 * not look them up by each of their targets.
 *
 * <p>A Provenance usually names its patient and is about the data of that patient. It is settled when all of its
 * targets exist and have been in no other compartments since it was written. Until then, and if a target moves to
 * another patient, each export looks it up. Only the duration of exports depends on it.
 *
 * <p>A writer that moves a target records this under a shared lock, and settling takes the same lock exclusively. So
 * either settling sees the move, or the writer sees the settled Provenance.
 */
@Component
class ProvenanceSettling {
    private static final Logger log = LoggerFactory.getLogger(ProvenanceSettling.class);
    private static final int BATCH = 200;

    /**
     * The key of the advisory lock between settling and writers that move targets; outside the range of writers' locks.
     */
    static final long LOCK = 0x51CF_0000_0000_0002L;

    /** A Provenance that is not settled is examined again after 1, 2, 4, … minutes, at most a day. */
    private static final String LATER =
            "clock_timestamp() + least(interval '1 day', interval '1 minute' * 2 ^ least(u.checks, 11))";

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final ProvenanceTargets targets;

    ProvenanceSettling(JdbcTemplate jdbc, TransactionTemplate transaction, ProvenanceTargets targets) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.targets = targets;
    }

    @Scheduled(initialDelay = 15, fixedDelay = 15, timeUnit = TimeUnit.SECONDS)
    void settle() {
        try {
            List<ResourceType> types = targets.types(ResourceType.all());
            int batch = types.isEmpty() || targets.areInCompartments() ? 0 : BATCH;
            while (batch == BATCH) {
                Integer looked = transaction.execute(status -> settleBatch(types));
                batch = looked == null ? 0 : looked;
            }
        } catch (DataAccessException e) {
            log.warn("Provenance could not be settled; it is tried again soon: {}", e.getMessage());
        }
    }

    /** Examines some Provenance resources and returns their number. It waits only for writers that move a target. */
    private int settleBatch(List<ResourceType> types) {
        jdbc.queryForList("select pg_advisory_xact_lock(" + LOCK + ")");
        Integer looked = jdbc.queryForObject(
                "with batch as (select id, version_id from provenance_unsettled where check_at <= clock_timestamp()"
                        + " order by check_at limit " + BATCH + "), open as ("
                        + types.stream().map(type -> open(type) + " union ").collect(Collectors.joining())
                        + unknown(types)
                        + "), settled as (delete from provenance_unsettled u using batch b where" + same("b")
                        + " and not exists (select from open o where" + same("o") + ")), later as ("
                        + "update provenance_unsettled u set checks = checks + 1, check_at = " + LATER
                        + " from open o where" + same("o") + ") select count(*) from batch",
                Integer.class);
        return looked == null ? 0 : looked;
    }

    /**
     * Those with a target of this type, current or former, that does not exist or has been in a compartment outside the
     * Provenance's own since it was written.
     */
    private static String open(ResourceType type) {
        return "select b.id, b.version_id from batch b join resource_provenance p on p.id = b.id"
                + " and p.version_id = b.version_id join provenance_target t on t.id = b.id"
                + " and t.version_id = b.version_id and t.target_type = '" + type + "' left join "
                + RowQuery.everything(type, Instant.EPOCH).table() + " r on r.id = t.target_id"
                + " and (r.superseded_at is null or r.superseded_at > p.last_updated) where r.id is null"
                + " or (r.compartment is not null and not r.compartment <@ coalesce(p.compartment, '{}'))";
    }

    /** Those with a target of a type that was not yet a target type when the types were looked up. */
    private static String unknown(List<ResourceType> types) {
        return "select b.id, b.version_id from batch b join provenance_target t on t.id = b.id"
                + " and t.version_id = b.version_id where t.target_type not in ("
                + types.stream().map(type -> "'" + type + "'").collect(Collectors.joining(", ")) + ")";
    }

    private static String same(String other) {
        return " " + other + ".id = u.id and " + other + ".version_id = u.version_id";
    }
}
