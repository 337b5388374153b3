package dev.sluice.store;

import dev.sluice.fhir.ResourceType;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Removes versions that were replaced longer ago than {@code sluice.history}.
 *
 * <p>It works in small transactions and touches only rows that no writer reads, so no transaction waits for it. Only
 * one process sweeps at a time. A deletion is the current version of its resource and is kept, however old it is,
 * because a client may ask for changes after years. Versions of Groups are kept too, because they record the members of
 * each time.
 */
@Component
class VersionSweep {
    private static final Logger log = LoggerFactory.getLogger(VersionSweep.class);
    private static final int BATCH = 2_000;

    /** The key of the advisory lock for sweeping and sealing; outside the range of writers' locks. */
    private static final long LOCK = 0x51CF_0000_0000_0001L;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final RowRanges ranges;
    private final KeptVersions keptVersions;
    private final ProvenanceTargets provenanceTargets;

    VersionSweep(
            JdbcTemplate jdbc,
            TransactionTemplate transaction,
            RowRanges ranges,
            KeptVersions keptVersions,
            ProvenanceTargets provenanceTargets) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.ranges = ranges;
        this.keptVersions = keptVersions;
        this.provenanceTargets = provenanceTargets;
    }

    @Scheduled(initialDelay = 1, fixedDelay = 1, timeUnit = TimeUnit.MINUTES)
    void sweep() {
        try {
            Instant keptFrom = keptVersions.advance();
            long removed = ranges.usedTypes().stream()
                    .filter(type -> !type.equals(ResourceType.GROUP))
                    .mapToLong(type -> sweep(type.name(), keptFrom))
                    .sum();
            if (removed > 0) {
                log.info("{} versions that were replaced before {} are removed.", removed, keptFrom);
            }
        } catch (DataAccessException e) {
            log.warn("Old versions could not be removed; it is tried again in a minute: {}", e.getMessage());
        }
    }

    private long sweep(String type, Instant keptFrom) {
        long removed = 0;
        for (int batch = BATCH; batch == BATCH; removed += batch) {
            Integer rows = transaction.execute(status -> sweepBatch(type, keptFrom));
            batch = rows == null ? 0 : rows;
        }
        return removed;
    }

    private int sweepBatch(String type, Instant keptFrom) {
        if (!lock(jdbc)) {
            return 0;
        }
        Long[] keys = jdbc.queryForList(
                        "select key from resource where type = '" + type + "' and superseded_at <= "
                                + RowQuery.literal(keptFrom) + " order by superseded_at limit " + BATCH,
                        Long.class)
                .toArray(Long[]::new);
        if (type.equals(ResourceType.PROVENANCE.name())) {
            provenanceTargets.delete(keys);
        }
        deleteSegments(type, keys);
        return jdbc.update(
                "delete from resource where type = '" + type + "' and key = any(?::bigint[])", (Object) keys);
    }

    /**
     * Removes the segments that hold versions to be removed. After the removal, no row would show that these versions
     * were replaced.
     */
    private void deleteSegments(String type, Long[] keys) {
        jdbc.update(
                "delete from segment s using (select last.first_key from resource r cross join lateral"
                        + " (select first_key, last_key, as_of from segment where type = r.type and first_key <= r.key"
                        + " order by first_key desc limit 1) last where r.type = ? and r.key = any(?::bigint[])"
                        + " and r.key <= last.last_key and last.as_of < r.superseded_at) gone"
                        + " where s.type = ? and s.first_key = gone.first_key",
                type,
                keys,
                type);
    }

    /** Takes the exclusive right to sweep and seal until the end of this transaction; false if another one has it. */
    static boolean lock(JdbcTemplate jdbc) {
        Boolean alone = jdbc.queryForObject("select pg_try_advisory_xact_lock(" + LOCK + ")", Boolean.class);
        return Boolean.TRUE.equals(alone);
    }
}
