package dev.sluice.store;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Finds out which Provenance belongs to no other patients than those that it names itself, so that an export need not ask
 * it for each of its resources.
 *
 * <p>Commonly a Provenance names its patient and is about their data. It is settled once all of its targets are there, and
 * have been in no other compartments since it was written; until then, and if a target moves to another patient, it is
 * asked about at each export. Nothing but the time that exports take depends on it.
 *
 * <p>Who moves a target says so under a shared lock that settling takes for itself: either settling sees the move, or the
 * mover sees what was settled.
 */
@Component
class ProvenanceSettling {
    private static final Logger log = LoggerFactory.getLogger(ProvenanceSettling.class);
    private static final int BATCH = 200;

    /** Names the advisory lock between movers and settling; not in the range of writers' locks. */
    static final long LOCK = 0x51CF_0000_0000_0002L;

    /** That each target, former ones too, is there, and was in no compartment but the Provenance's own since it was written. */
    private static final String PLAIN = "exists (select from resource_provenance p where p.id = u.id"
            + " and p.version_id = u.version_id and not exists (select from provenance_target t where t.id = u.id"
            + " and t.version_id = u.version_id and coalesce((select bool_or(r.compartment is not null"
            + " and not r.compartment <@ coalesce(p.compartment, '{}')) from resource r where r.type = t.target_type"
            + " and r.id = t.target_id and (r.superseded_at is null or r.superseded_at > p.last_updated)), true)))";

    /** What is not settled is looked at again after 1, 2, 4, … minutes, at most a day. */
    private static final String LATER =
            "clock_timestamp() + least(interval '1 day', interval '1 minute' * 2 ^ least(u.looks, 11))";

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;

    ProvenanceSettling(JdbcTemplate jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    @Scheduled(initialDelay = 15, fixedDelay = 15, timeUnit = TimeUnit.SECONDS)
    void settle() {
        try {
            int batch = BATCH;
            while (batch == BATCH) {
                Integer looked = transaction.execute(status -> settleBatch());
                batch = looked == null ? 0 : looked;
            }
        } catch (DataAccessException e) {
            log.warn("Provenance could not be settled; it is tried again soon: {}", e.getMessage());
        }
    }

    /** Looks at some; returns their number. A writer who moves a target is waited for, and no other. */
    private int settleBatch() {
        jdbc.queryForList("select pg_advisory_xact_lock(" + LOCK + ")");
        int settled = jdbc.update("delete from provenance_unsettled u using (select id, version_id from"
                + " provenance_unsettled where look_at <= clock_timestamp() order by look_at limit " + BATCH + ") d"
                + " where u.id = d.id and u.version_id = d.version_id and " + PLAIN);
        return settled
                + jdbc.update("update provenance_unsettled u set looks = looks + 1, look_at = " + LATER
                        + " from (select id, version_id from provenance_unsettled where look_at <= clock_timestamp()"
                        + " order by look_at limit " + BATCH + ") d where u.id = d.id and u.version_id = d.version_id");
    }
}
