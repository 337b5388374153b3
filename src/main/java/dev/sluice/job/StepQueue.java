package dev.sluice.job;

import dev.sluice.job.RetryPolicy.Failing;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Leases steps to this process, in the rows of jobs and units. A lease ends when its time is over and another process takes
 * the step; until then its owner renews it. A call with a lease that the process has lost has no effect, and its result says so.
 * All times are the database's.
 */
@Component
class StepQueue {
    /** The condition that a row is still leased to this process under this lease. */
    static final String LEASED = " id = :id and lease_owner = :owner and lease_version = :version";

    private static final String JOB =
            "j.id, j.kind, j.owner, j.payload, j.output, j.plan, j.status, j.ending, j.work, j.created_at,"
                    + " j.updated_at, j.finished_at, j.expires_at, j.trace";

    /**
     * Takes one step: of a job itself, or else of a unit; short steps overtake units, so that a cancelled or finished job
     * does not wait behind a large one. The first unit of a plan goes before the others, since readers of pages wait for it.
     * What a job made is erased when none of its units is leased, so that nothing comes after it.
     */
    private static final String LEASE = """
            with step as materialized (
                select id from job
                where kind = :kind and due_at <= clock_timestamp()
                    and status <> 'COMPLETED' and not (status = 'FAILED' and erased)
                    and (status = 'ACCEPTED' and paused_at is null
                        or status = 'RUNNING' and units_done = units and paused_at is null
                        or status in ('FAILED', 'DISCARDED') and not exists (select from work_unit u
                            where u.job_id = job.id and u.lease_owner is not null and u.due_at > clock_timestamp()))
                order by created_at limit 1 for no key update skip locked),
            unit as materialized (
                select u.id, u.job_id from work_unit u join job j on j.id = u.job_id
                where j.kind = :kind and j.status = 'RUNNING' and j.paused_at is null and u.result is null
                    and u.due_at <= clock_timestamp() and not exists (select from step)
                order by u.ordinal > 0, u.id limit 1 for no key update of u skip locked),
            leased_job as (
                update job j set {lease j} from step where j.id = step.id
                returning 0::bigint as unit, 0 as number, '' as unit_payload, j.lease_version, j.attempts, j.failures, {job}),
            leased_unit as (
                update work_unit u set {lease u}, process = :owner, started_at = clock_timestamp(), most_done = greatest(coalesce(u.most_done, 0), u.done),
                    throttled_by = null from unit join job j on j.id = unit.job_id
                where u.id = unit.id
                returning u.id, u.ordinal + 1, u.payload, u.lease_version, u.attempts, u.failures, {job})
            select * from leased_job union all select * from leased_unit
            """.replace("{lease j}", columns("j", "false"))
            .replace("{lease u}", columns("u", "u.attempts > 1 and u.done > coalesce(u.most_done, 0) + u.work / 100"))
            .replace("{job}", JOB);

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

    private final String owner = name();
    private final WorkerSettings settings;
    private final JdbcClient jdbc;
    private final Set<Lease> running = ConcurrentHashMap.newKeySet();
    private final Set<Lease> unrecorded = ConcurrentHashMap.newKeySet();
    private final AtomicInteger leasing = new AtomicInteger();

    /** @param jdbc has connections of its own, and a statement of it ends soon, with an answer or without */
    StepQueue(WorkerSettings settings, @Qualifier("leaseClient") JdbcClient jdbc) {
        this.settings = settings;
        this.jdbc = jdbc;
    }

    /** Names this process in the leases that it has. */
    String owner() {
        return owner;
    }

    /** Takes a step of a job of this kind, if there is one that is due. It is this process's until {@link #end}. */
    Optional<Lease> lease(String kind) {
        leasing.incrementAndGet();
        try {
            unrecorded.removeIf(lease -> {
                release(lease);
                return true;
            });
            Optional<Lease> lease = jdbc.sql(LEASE)
                    .param("kind", kind)
                    .param("owner", owner)
                    .param("lease", settings.lease().toMillis())
                    .query(LeasedStep.class)
                    .optional()
                    .map(LeasedStep::lease);
            lease.ifPresent(running::add);
            return lease;
        } finally {
            leasing.decrementAndGet();
        }
    }

    /** Whether this process runs no step, and does not lease one at this moment. */
    boolean isIdle() {
        return leasing.get() == 0 && running.isEmpty();
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
        String update = "update " + table(lease) + " set lease_owner = null, due_at = clock_timestamp(),"
                + " attempts = greatest(attempts - 1, 0) where" + LEASED;
        return onRow(JobLog.recording(lease, update, JobLog.HANDED_BACK), lease)
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

    /** @param further SQL: whether the process of the last start died, but got further than all before it; the count of
     *     starts begins again then */
    private static String columns(String row, String further) {
        return "lease_owner = :owner, lease_version = " + row + ".lease_version + 1, attempts = case when " + further
                + " then 1 else " + row + ".attempts + 1 end, due_at = clock_timestamp() + :lease * interval '1 ms'";
    }

    private static String table(Lease lease) {
        return lease.isUnit() ? "work_unit" : "job";
    }

    private static String further(Lease lease) {
        return lease.isUnit() ? FURTHER : "false";
    }

    /** Tells people where a step runs; the last part keeps processes apart that have the same number in containers. */
    private static String name() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "unknown";
        }
        return host + ":" + ProcessHandle.current().pid() + ":"
                + UUID.randomUUID().toString().substring(0, 8);
    }
}
