package dev.sluice.store;

import dev.sluice.database.DatabaseSpace;
import dev.sluice.fhir.ResourceKey;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes a batch of changes to the store in one transaction, all or none. This is the only way to write resources.
 *
 * <p>All versions of a batch have the same timestamp. If two batches write the same resource at the same time, the
 * second one fails on a duplicate version and is retried after the first one has committed. Safe for use by any number
 * of threads; a batch is held in memory, so it should not exceed some megabytes.
 */
@Component
public class RowWriter {
    private static final int MOST_TRIES = 30;

    /** After so many tries that others were faster in, a writer waits in line with others of the same resources. */
    private static final int TRIES_WITHOUT_LOCK = 3;

    /** The first of the two numbers of the advisory locks for that. They are taken after those for premises. */
    private static final int RESOURCE_LOCKS = 24;

    /** The number of these locks, since PostgreSQL has memory for a limited number. Resources that share one do no harm. */
    private static final int LINES = 64;

    /** The first of the two numbers of PostgreSQL's advisory locks that are taken for premises. */
    private static final int PREMISE_LOCKS = 21;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final PatientNumbers patientNumbers;
    private final ClosedTimestamps closedTimestamps;
    private final UnchangedRows unchangedRows;
    private final ProvenanceTargets provenanceTargets;
    private final DatabaseSpace space;

    RowWriter(
            JdbcTemplate jdbc,
            TransactionTemplate transaction,
            PatientNumbers patientNumbers,
            ClosedTimestamps closedTimestamps,
            DatabaseSpace space) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.patientNumbers = patientNumbers;
        this.closedTimestamps = closedTimestamps;
        this.unchangedRows = new UnchangedRows(jdbc);
        this.provenanceTargets = new ProvenanceTargets(jdbc);
        this.space = space;
    }

    /**
     * Writes these changes and returns the result of each, in the same order. Several changes may name the same
     * resource only if all of them have an origin and are in the order of their versions ({@link ResourceWrite#IN_ORDER}),
     * or none of them has one; then they are made one after the other.
     *
     * @throws VersionCondition.NotMetException if the condition of a change does not hold; nothing is written then
     */
    public List<WriteResult> write(List<ResourceWrite> writes) {
        return write(writes, WritePremise.NONE);
    }

    /**
     * The same, provided that the premise of the changes still holds.
     *
     * @throws WritePremise.OutdatedException if it is not; nothing is written then
     */
    public List<WriteResult> write(List<ResourceWrite> writes, WritePremise premise) {
        space.require();
        Set<String> patients = writes.stream()
                .flatMap(write -> (write.content() == null
                                ? write.patients()
                                : write.content().patients())
                        .stream())
                .collect(Collectors.toSet());
        for (int tries = 1; ; tries++) {
            boolean inLine = tries > TRIES_WITHOUT_LOCK;
            PatientNumbers.Numbers numbers = patientNumbers.numbers(patients);
            try {
                List<WriteResult> results = transaction.execute(status -> {
                    require(premise);
                    if (inLine) {
                        waitInLine(writes);
                    }
                    List<WriteResult> written = writeOnce(writes, premise.versions(), numbers);
                    premise.written(written);
                    return written;
                });
                return results == null ? List.of() : results;
            } catch (DataAccessException e) {
                if (!isCollision(e)) {
                    throw e;
                }
                if (tries == MOST_TRIES) {
                    throw new ConcurrencyFailureException(
                            "Other writers were first " + MOST_TRIES + " times; the batch may be written later.", e);
                }
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(5_000_000L * tries)); // so that one is first
            }
        }
    }

    /** In the same order for all writers, and before any row is locked, which prevents deadlocks. */
    private void require(WritePremise premise) {
        Map<Integer, Boolean> locks = new TreeMap<>();
        premise.locks().forEach(lock -> locks.merge(lock.number(), lock.exclusive(), Boolean::logicalOr));
        if (!locks.isEmpty()) {
            jdbc.queryForList(
                    "select case when exclusive then pg_advisory_xact_lock(" + PREMISE_LOCKS + ", number)"
                            + " else pg_advisory_xact_lock_shared(" + PREMISE_LOCKS + ", number) end"
                            + " from unnest(?::int[], ?::boolean[]) as u(number, exclusive)",
                    locks.keySet().toArray(Integer[]::new),
                    locks.values().toArray(Boolean[]::new));
        }
        if (!premise.holds()) {
            throw new WritePremise.OutdatedException();
        }
    }

    /** In the same order for all writers, and before any row is locked, which prevents deadlocks. */
    private void waitInLine(List<ResourceWrite> writes) {
        Integer[] numbers = writes.stream()
                .map(write -> Math.floorMod(write.key().toString().hashCode(), LINES))
                .distinct()
                .sorted()
                .toArray(Integer[]::new);
        jdbc.queryForList(
                "select pg_advisory_xact_lock(" + RESOURCE_LOCKS + ", number) from unnest(?::int[]) as u(number)",
                (Object) numbers);
    }

    private static boolean isCollision(DataAccessException e) {
        return e instanceof ConcurrencyFailureException || e instanceof DuplicateKeyException;
    }

    private List<WriteResult> writeOnce(
            List<ResourceWrite> writes, Map<ResourceKey, Integer> versions, PatientNumbers.Numbers numbers) {
        ClosedTimestamps.Opened writer = closedTimestamps.open();
        patientNumbers.requireOf(writer.serverStart(), numbers);
        long opened = writer.timestamp();
        Map<ResourceKey, CurrentVersion> current = current(writes);
        checkPremise(writes, versions, current);
        Set<ResourceWrite> same = same(writes, current);
        long newest = current.values().stream()
                .mapToLong(CurrentVersion::lastUpdated)
                .max()
                .orElse(0);
        long timestamp = newest < opened ? opened : closedTimestamps.advance(newest + 1);
        EarlierVersions earlier = EarlierVersions.of(jdbc, writes, current, same);

        BatchPlan plan = new BatchPlan(new BatchPlan.Stored(current, same, earlier), numbers.byId(), timestamp);
        List<WriteResult> results = writes.stream().map(plan::add).toList();
        List<NewVersion> becomeCurrent = plan.becomeCurrent();
        provenanceTargets.unsettle(moved(becomeCurrent, current));
        supersede(
                becomeCurrent.stream()
                        .map(version -> current.get(version.key()))
                        .filter(Objects::nonNull)
                        .toList(),
                timestamp);
        copy(plan.added());
        provenanceTargets.add(becomeCurrent, current);
        return results;
    }

    private Set<ResourceWrite> same(List<ResourceWrite> writes, Map<ResourceKey, CurrentVersion> current) {
        return current.isEmpty()
                ? Set.of()
                : unchangedRows.among(writes.stream()
                        .map(write -> new UnchangedRows.Pair(write, current.get(write.key())))
                        .toList());
    }

    /** The resources whose compartments changed. */
    private static List<ResourceKey> moved(List<NewVersion> added, Map<ResourceKey, CurrentVersion> before) {
        return added.stream()
                .filter(version -> before.containsKey(version.key())
                        && !before.get(version.key()).isIn(version.compartment()))
                .map(NewVersion::key)
                .toList();
    }

    private static void checkPremise(
            List<ResourceWrite> writes, Map<ResourceKey, Integer> versions, Map<ResourceKey, CurrentVersion> current) {
        for (ResourceWrite write : writes) {
            CurrentVersion is = current.get(write.key());
            int versionId = is == null ? 0 : is.meta().versionId();
            if (versions.getOrDefault(write.key(), versionId) != versionId) {
                throw new WritePremise.OutdatedException();
            }
        }
    }

    private Map<ResourceKey, CurrentVersion> current(List<ResourceWrite> writes) {
        Map<ResourceKey, CurrentVersion> current = new HashMap<>();
        CurrentVersion.each(jdbc, writes, " and superseded_at is null", version -> current.put(version.key(), version));
        return current;
    }

    private void supersede(List<CurrentVersion> versions, long timestamp) {
        versions.stream()
                .collect(Collectors.groupingBy(version -> version.key().type()))
                .forEach((type, ofType) -> {
                    int updated = jdbc.update(
                            "update resource r set superseded_at = ? from unnest(?::text[], ?::int[]) as u(id, version)"
                                    + " where r.type = '" + type + "' and r.id = u.id and r.version_id = u.version"
                                    + " and r.superseded_at is null",
                            new Timestamp(timestamp),
                            ofType.stream().map(v -> v.key().id()).toArray(String[]::new),
                            ofType.stream().map(v -> v.meta().rowVersion()).toArray(Integer[]::new));
                    if (updated != ofType.size()) {
                        throw new ConcurrencyFailureException("Another writer was first; the batch is done again.");
                    }
                });
    }

    private void copy(List<NewVersion> versions) {
        if (versions.isEmpty()) {
            return;
        }
        jdbc.execute((ConnectionCallback<Boolean>) connection -> {
            try (CopyRows rows = new CopyRows(connection)) {
                for (NewVersion version : versions) {
                    rows.add(version);
                }
                rows.finish();
            } catch (IOException e) {
                if (e.getCause() instanceof SQLException refused) {
                    throw refused;
                }
                throw new SQLException("COPY was cut off", e);
            }
            return true;
        });
    }
}
