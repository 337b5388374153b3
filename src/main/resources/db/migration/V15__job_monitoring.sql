-- What people see of jobs beside their status: pauses, rows, progress over time, and events
-- (docs/adr/0040-what-is-recorded-of-jobs.md).

alter table job
    -- since when the job is paused; null = it is not paused. A paused job keeps its status, and no step of it is leased.
    add column paused_at     timestamptz,
    -- the length of all pauses that ended since it was planned
    add column paused_millis bigint not null default 0,
    -- when it was planned; null = it is not planned
    add column started_at    timestamptz,
    -- the rows that its units read; null = not known
    add column rows          bigint,
    -- the bytes of the units that are done, and the rows that they read
    add column work_done     bigint not null default 0,
    add column rows_done     bigint not null default 0,
    -- the rows that these units wrote, to files or to the store
    add column rows_written  bigint not null default 0;

alter table work_unit
    -- what it reads by type, as {"type": [bytes, rows]}; rows can be null
    add column parts        jsonb,
    -- the rows that it reads; null = not known
    add column rows         bigint,
    -- the rows that it has written, to files or to the store; null = not known
    add column rows_written bigint,
    -- the process that leased it last, and when it did
    add column process      text,
    add column started_at   timestamptz;

update job set work_done = (select coalesce(sum(work), 0) from work_unit where job_id = job.id and result is not null)
    where status = 'RUNNING';

-- Lists of jobs, the newest first.
create index job_created_idx on job (created_at desc, id desc);

-- The units of a job that run or have failed, which are few.
create index work_unit_active_idx on work_unit (job_id) where result is null and (lease_owner is not null or fault is not null);

-- The units of a job that are not done.
create index work_unit_undone_idx on work_unit (job_id) where result is null;

-- The processes that run jobs, or serve requests only. Each one updates its row every ten seconds.
create table job_process (
    -- as in lease_owner
    name       text primary key,
    -- the number of units of a kind that it runs at the same time; 0 = it serves requests only
    workers    int not null,
    started_at timestamptz not null default clock_timestamp(),
    seen_at    timestamptz not null default clock_timestamp()
);

-- What happened to a job. That it was accepted is not here, since its row says that. Units that are done at the first try are
-- not here: their rows say which process ran them, and when.
create table job_event (
    id          bigint generated always as identity primary key,
    job_id      uuid not null references job on delete cascade,
    recorded_at timestamptz not null default clock_timestamp(),
    -- a constant of job/JobLog
    change      text not null,
    -- the ordinal of the unit; null = it is about the job
    unit        int,
    -- the process that did the step
    process     text,
    -- the number of the lease, which counts how often the step was started
    try         bigint,
    -- what happened, in words
    detail      text
);
create index on job_event (job_id, id);

-- How far a job was at some times: a few hundred rows for each job. They become sparser while it runs.
create table job_sample (
    job_id         uuid not null references job on delete cascade,
    recorded_at    timestamptz not null,
    -- how long it has run, without its pauses
    running_millis bigint not null,
    -- bytes and rows that are done
    done           bigint not null,
    rows_done      bigint not null,
    primary key (job_id, recorded_at)
);
