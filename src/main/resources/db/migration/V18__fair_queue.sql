-- The order in which units are leased: jobs share the workers (docs/adr/0046-the-order-of-units.md).

alter table job
    -- -1 = low, 0 = normal, 1 = high: units of a higher priority come first
    add column priority smallint not null default 0,
    -- when a unit of the job was leased last; null = none was. Of jobs with as many running units, the one that has waited
    -- longest is next.
    add column turn_at  timestamptz;

-- The priority of the jobs of a client; null = normal.
alter table client add column priority text;

-- The units of a job that are not done, in the order in which they are leased. The first unit of a plan comes first, and
-- then the largest, so that small ones are left for the end.
create index work_unit_next_idx on work_unit (job_id, (ordinal > 0), work desc, ordinal) where result is null;
drop index work_unit_undone_idx;
drop index work_unit_open_idx;

-- For each kind of job, the steps that wait for a worker and those that run: units, plans and ends of jobs. For programs
-- that start and stop workers (docs/workers.md). A kind without open jobs has no row.
create view work_queue (kind, waiting, running, oldest_seconds) as
with step as (
    select kind, lease_owner is not null and due_at > clock_timestamp() as leased, greatest(due_at, updated_at) as since
    from job
    where status <> 'COMPLETED' and not (status = 'FAILED' and erased) and paused_at is null
        and (status = 'ACCEPTED' or status = 'RUNNING' and units_done = units)
    union all
    select j.kind, u.lease_owner is not null and u.due_at > clock_timestamp(), u.due_at
    from job j join work_unit u on u.job_id = j.id and u.result is null
    where j.status = 'RUNNING' and j.status <> 'COMPLETED' and not (j.status = 'FAILED' and j.erased)
        and j.paused_at is null)
select kind, count(*) filter (where not leased), count(*) filter (where leased),
    greatest(0, coalesce(extract(epoch from clock_timestamp() - min(since) filter (where not leased)), 0))::float8
from step group by kind;
