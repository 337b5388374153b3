package dev.sluice.job;

/**
 * The statement that leases a step, which is the order of the queue (docs/adr/0046-the-order-of-units.md).
 *
 * <p>Steps of jobs come before units, since they are short: the ends of jobs, plans, and then what erases files. Units are
 * shared out: among priorities the higher one is first; among clients the one with the fewest running units, and among its
 * jobs the one with the fewest; if these are equal, the one whose last unit ended the longest time ago. Within a job,
 * the first unit of the plan is first, since readers of pages wait for it, and then the largest one, so that small ones
 * are left for the end, when they keep all workers busy until nearly the same time.
 */
final class LeaseStatement {
    /** No unit has this many bytes. */
    static final long NO_UNITS = -1;

    private static final String JOB =
            "j.id, j.kind, j.owner, j.payload, j.output, j.plan, j.status, j.ending, j.work, j.created_at,"
                    + " j.updated_at, j.finished_at, j.expires_at, j.trace";

    /**
     * What a job made is erased when none of its units is leased, so that nothing comes after it. The row of the job is
     * only marked if no other transaction has it, so the statement waits for no lock. The conditions on the status, where
     * one would do, are those of indexes.
     */
    static final String TEXT = """
            with planning as materialized (
                select owner, count(*) as steps from job
                where kind = :kind and status <> 'COMPLETED' and not (status = 'FAILED' and erased)
                    and lease_owner is not null and due_at > clock_timestamp()
                group by owner),
            step as materialized (
                select id from job
                where kind = :kind and due_at <= clock_timestamp()
                    and status <> 'COMPLETED' and not (status = 'FAILED' and erased)
                    and (status = 'ACCEPTED' and paused_at is null
                        or status = 'RUNNING' and units_done = units and paused_at is null
                        or status in ('FAILED', 'DISCARDED') and not :short and not exists (select from work_unit u
                            where u.job_id = job.id and u.lease_owner is not null and u.due_at > clock_timestamp()))
                order by array_position(array['RUNNING', 'ACCEPTED'], status), priority desc,
                    coalesce((select steps from planning where planning.owner = job.owner), 0), created_at
                limit 1 for no key update skip locked),
            busy as materialized (
                select job_id, count(*) as units from work_unit
                where result is null and lease_owner is not null and due_at > clock_timestamp()
                group by job_id),
            open as materialized (
                select j.id, j.priority, j.work, j.turn_at, j.created_at, coalesce(busy.units, 0) as units,
                    sum(coalesce(busy.units, 0)) over client as client_units, max(j.turn_at) over client as client_turn
                from job j left join busy on busy.job_id = j.id
                where j.kind = :kind and j.status = 'RUNNING' and j.status <> 'COMPLETED'
                    and not (j.status = 'FAILED' and j.erased) and j.units_done < j.units and j.paused_at is null
                window client as (partition by j.owner)),
            turn as materialized (
                select id from open
                where work <= :bytes and units < :perJob and client_units < :perClient
                order by priority desc, client_units, client_turn nulls first, units, turn_at nulls first, created_at),
            unit as materialized (
                select u.id, u.job_id from turn cross join lateral (
                    select w.id, w.job_id from work_unit w
                    where w.job_id = turn.id and w.result is null and w.due_at <= clock_timestamp()
                    order by w.ordinal > 0, w.work desc, w.ordinal limit 1 for no key update of w skip locked) u
                where not exists (select from step) limit 1),
            leased_job as (
                update job j set {lease j} from step where j.id = step.id
                returning 0::bigint as unit, 0 as number, '' as unit_payload, j.lease_version, j.attempts, j.failures, {job}),
            leased_unit as (
                update work_unit u set {lease u}, process = :owner, started_at = clock_timestamp(),
                    most_done = greatest(coalesce(u.most_done, 0), u.done), throttled_by = null
                from unit join job j on j.id = unit.job_id
                where u.id = unit.id
                returning u.id, u.ordinal + 1, u.payload, u.lease_version, u.attempts, u.failures, {job})
            select * from leased_job union all select * from leased_unit
            """.replace("{lease j}", columns("j", "false"))
            .replace("{lease u}", columns("u", "u.attempts > 1 and u.done > coalesce(u.most_done, 0) + u.work / 100"))
            .replace("{job}", JOB);

    /** Counts the steps that a process could lease now. */
    static final String DUE = """
            select (select count(*) from job
                    where kind in (:kinds) and due_at <= clock_timestamp()
                        and status <> 'COMPLETED' and not (status = 'FAILED' and erased)
                        and (status = 'ACCEPTED' and paused_at is null
                            or status = 'RUNNING' and units_done = units and paused_at is null
                            or status in ('FAILED', 'DISCARDED') and not exists (select from work_unit u
                                where u.job_id = job.id and u.lease_owner is not null and u.due_at > clock_timestamp())))
                + (select count(*) from job j join work_unit u on u.job_id = j.id and u.result is null
                    where j.kind in (:kinds) and j.status = 'RUNNING' and j.status <> 'COMPLETED'
                        and not (j.status = 'FAILED' and j.erased) and j.paused_at is null
                        and u.due_at <= clock_timestamp())
            """;

    private LeaseStatement() {}

    /** @param further SQL: whether the process of the last start died, but got further than all before it; the count of
     *     starts begins again then */
    private static String columns(String row, String further) {
        return "lease_owner = :owner, lease_version = " + row + ".lease_version + 1, attempts = case when " + further
                + " then 1 else " + row + ".attempts + 1 end, due_at = clock_timestamp() + :lease * interval '1 ms'";
    }
}
