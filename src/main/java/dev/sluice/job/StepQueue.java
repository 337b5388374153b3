package dev.sluice.job;

import dev.sluice.job.RetryPolicy.Failing;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Leases steps to this process, in the rows of jobs and units. A lease ends when its time is over and another process takes
 * the step; until then its owner renews it. A call with a lease that the process has lost has no effect, and its result says so.
 * All times are the database's.
 */
@Component
class StepQueue {
    /** The condition that a row is still leased to this process under this lease. */
    static final String LEASED = " id = :id and lease_owner = :owner and lease_version = :version";

    /**
     * For each table, the condition of rows that have an open step. Partial indexes have these conditions, since most rows
     * have none. The second erasure of a discarded job, which is due after a day, is left out.
     */
    private static final Map<String, String> OPEN = Map.of(
            "job",
            "status <> 'COMPLETED' and not (status = 'FAILED' and erased) and not erased",
            "work_unit",
            "result is null");

    /** Whether a unit got further than after any start before, by a hundredth of its work. Such a unit will end some time. */
    private static final String FURTHER = "done > coalesce(most_done, 0) + work / 100";

    /** The first of the two numbers of the advisory locks that are taken to count running units. */
    private static final int LIMIT_LOCKS = 23;

    private final String owner = WorkerSettings.processName();
    private final WorkerSettings settings;
    private final JobSettings limits;
    private final JdbcClient jdbc;
    private final TransactionOperations alone;
    private final Set<Lease> running = ConcurrentHashMap.newKeySet();
    private final Set<Lease> unrecorded = ConcurrentHashMap.newKeySet();
    private final AtomicInteger leasing = new AtomicInteger();

    /**
     * @param jdbc has connections of its own, and a statement of it ends soon, with an answer or without
     * @param alone transactions of these connections, in which units are leased one by one if their number is limited
     */
    StepQueue(
            WorkerSettings settings,
            JobSettings limits,
            @Qualifier("leaseClient") JdbcClient jdbc,
            @Qualifier("leaseTransaction") TransactionOperations alone) {
        this.settings = settings;
        this.limits = limits;
        this.jdbc = jdbc;
        this.alone = alone;
    }

    /** Names this process in the leases that it has. */
    String owner() {
        return owner;
    }

    /** Takes a step of a job of this kind, if there is one that is due. It is this process's until {@link #end}. */
    Optional<Lease> lease(String kind) {
        return lease(kind, false, Long.MAX_VALUE);
    }

    /**
     * Takes a step that satisfies a condition.
     *
     * @param brief whether it may not be one that erases files
     * @param bytes the size of the largest job of which a unit is taken; {@link LeaseStatement#NO_UNITS} = of none
     */
    Optional<Lease> lease(String kind, boolean brief, long bytes) {
        leasing.incrementAndGet();
        try {
            unrecorded.removeIf(lease -> {
                release(lease);
                return true;
            });
            Optional<Lease> lease = limits.limitUnits() && bytes > 0
                    ? Objects.requireNonNull(alone.execute(status -> {
                        jdbc.sql("select true where pg_advisory_xact_lock(" + LIMIT_LOCKS
                                        + ", hashtext(:kind)) is not null")
                                .param("kind", kind)
                                .query(Boolean.class)
                                .single();
                        return taken(kind, brief, bytes);
                    }))
                    : taken(kind, brief, bytes);
            lease.ifPresent(running::add);
            return lease;
        } finally {
            leasing.decrementAndGet();
        }
    }

    private Optional<Lease> taken(String kind, boolean brief, long bytes) {
        return jdbc.sql(LeaseStatement.TEXT)
                .param("kind", kind)
                .param("short", brief)
                .param("bytes", bytes)
                .param("perJob", limits.unitsPerJob())
                .param("perClient", limits.unitsPerClient())
                .param("owner", owner)
                .param("lease", settings.lease().toMillis())
                .query(LeasedStep.class)
                .optional()
                .map(LeasedStep::lease);
    }

    /** Whether this process runs no step, and does not lease one at this moment. */
    boolean isIdle() {
        return leasing.get() == 0 && running.isEmpty();
    }

    /**
     * Whether a step of these kinds waits, also for its next try, or will wait, because a job is being planned.
     *
     * @param units whether units count
     */
    boolean isAnyWaiting(Collection<String> kinds, boolean units) {
        return jdbc.sql("select exists (select from job where kind in (:kinds) and status <> 'COMPLETED'"
                        + " and not (status = 'FAILED' and erased) and (paused_at is null and (status = 'ACCEPTED'"
                        + " or status = 'RUNNING' and units_done = units"
                        + " and (lease_owner is null or due_at <= clock_timestamp()))"
                        + " or status in ('FAILED', 'DISCARDED') and (not erased and lease_owner is null or due_at <= clock_timestamp())))"
                        + " or :units and exists (select from work_queue where kind in (:kinds) and waiting > 0)")
                .param("kinds", kinds)
                .param("units", units)
                .query(Boolean.class)
                .single();
    }

    /** The number of steps of these kinds that are due; limits of jobs and clients are left aside. */
    long due(Collection<String> kinds) {
        return jdbc.sql(LeaseStatement.DUE)
                .param("kinds", kinds)
                .query(Long.class)
                .single();
    }

    /** The leases of the steps that this process runs. */
    Set<Lease> running() {
        return Set.copyOf(running);
    }

    /** The step no longer runs in this process. */
    void end(Lease lease) {
        running.remove(lease);
    }

    /** Whether the owner of a lease may make its work visible: the lease holds, and the job still runs. */
    boolean mayCommit(Lease lease) {
        return lease.isUnit()
                ? !mayCommit(List.of(lease)).isEmpty()
                : onRow("select true from job where" + LEASED + " and status = 'RUNNING'", lease)
                        .query(Boolean.class)
                        .optional()
                        .isPresent();
    }

    /** Those of these leases of units whose owner may make its work visible; of a paused job, none. */
    Set<Lease> mayCommit(Collection<Lease> units) {
        record Version(long id, long leaseVersion) {}
        Set<Version> versions = jdbc.sql(
                        "select u.id, u.lease_version from work_unit u join job j on j.id = u.job_id where u.id in (:ids)"
                                + " and u.lease_owner = :owner and u.result is null and j.status = 'RUNNING'"
                                + " and j.paused_at is null")
                .param("ids", units.stream().map(Lease::unit).toList())
                .param("owner", owner)
                .query(Version.class)
                .set();
        return units.stream()
                .filter(lease -> versions.contains(new Version(lease.unit(), lease.version())))
                .collect(Collectors.toSet());
    }

    /** Moves the end of these leases ahead. A row that is being changed at this time is left for the next time. */
    void renew(Collection<Lease> leases) {
        leases.stream()
                .collect(Collectors.groupingBy(
                        StepQueue::table,
                        Collectors.mapping(lease -> new Object[] {lease.id(), lease.version()}, Collectors.toList())))
                .forEach((table, held) -> jdbc.sql("update " + table
                                + " set due_at = clock_timestamp() + :lease * interval '1 ms' where id in (select id from "
                                + table + " where (id, lease_version) in (:held) and lease_owner = :owner"
                                + " for no key update skip locked)")
                        .param("held", held)
                        .param("owner", owner)
                        .param("lease", settings.lease().toMillis())
                        .update());
    }

    /** Gives a step back that did not end and did not fail: any process may start it at once. */
    boolean release(Lease lease) {
        return release(lease, Duration.ZERO);
    }

    /** The same for a step that this process will not end, which gives others the time to start it, and is not recorded. */
    boolean release(Lease lease, Duration pause) {
        String update = "update " + table(lease) + " set lease_owner = null, due_at = clock_timestamp()"
                + " + :pause * interval '1 ms', attempts = greatest(attempts - 1, 0) where" + LEASED;
        return onRow(pause.isZero() ? JobLog.recording(lease, update, JobLog.HANDED_BACK) : update, lease)
                        .param("pause", pause.toMillis())
                        .param("job", lease.job().id())
                        .param("detail", null)
                        .update()
                == 1;
    }

    /**
     * Gives a step back as soon as the database answers: the step has ended, and its end could not be recorded. So it is not
     * taken for a step that ended its process.
     */
    void releaseLater(Lease lease) {
        unrecorded.add(lease);
    }

    /** A step that has failed, with this time; says how often and for how long it has got no further. */
    Optional<Failing> failing(Lease lease) {
        String further = further(lease);
        return onRow(
                        "select case when " + further + " then 1 else failures + 1 end as times, (extract(epoch from"
                                + " clock_timestamp() - coalesce(case when " + further
                                + " then null else failing_since end,"
                                + " clock_timestamp())) * 1000)::bigint as millis from " + table(lease) + " where"
                                + LEASED,
                        lease)
                .query(Failing.class)
                .optional();
    }

    /** Gives a step back that has failed, to be tried again after a pause, and records why. */
    boolean recordRetry(Lease lease, Duration pause, String fault) {
        String further = further(lease);
        String update = "update " + table(lease)
                + " set lease_owner = null, due_at = clock_timestamp() + :pause * interval '1 ms',"
                + " attempts = greatest(attempts - 1, 0), fault = :detail, failures = case when " + further
                + " then 1 else failures + 1 end, failing_since = case when " + further
                // The database's clock may have been set back.
                + " then clock_timestamp() else least(failing_since, clock_timestamp()) end"
                + (lease.isUnit() ? ", most_done = greatest(coalesce(most_done, 0), done)" : "") + " where" + LEASED;
        return onRow(JobLog.recording(lease, update, JobLog.STEP_FAILED), lease)
                        .param("job", lease.job().id())
                        .param("pause", pause.toMillis())
                        .param("detail", fault)
                        .update()
                == 1;
    }

    /**
     * Corrects times that are further ahead than any pause or lease, since the database's clock was set back. A living owner
     * renews its lease before the new end of it.
     */
    void correctTimes() {
        OPEN.forEach((table, open) -> jdbc.sql("update " + table
                        + " set due_at = clock_timestamp() + :lease * interval '1 ms' where " + open
                        + " and due_at > clock_timestamp() + interval '2 minutes'")
                .param("lease", settings.lease().toMillis())
                .update());
    }

    /** A statement on the row of a lease; its condition is {@link #LEASED}. */
    private JdbcClient.StatementSpec onRow(String sql, Lease lease) {
        return jdbc.sql(sql).param("id", lease.id()).param("owner", owner).param("version", lease.version());
    }

    private static String table(Lease lease) {
        return lease.isUnit() ? "work_unit" : "job";
    }

    private static String further(Lease lease) {
        return lease.isUnit() ? FURTHER : "false";
    }
}
