-- Jobs and their units. A process leases a step of a job in the row of the job or of the unit
-- (docs/adr/0027-leases-in-the-rows-of-jobs.md).

create table job (
    id            uuid primary key,
    -- export or import
    kind          text not null,
    -- what the client requested, as JSON of the kind
    payload       text not null,
    -- ACCEPTED, RUNNING, COMPLETED, FAILED or DISCARDED
    status        text not null,
    -- the result, as JSON of the kind, or the sentence that says why the job failed
    ending        text,
    units         int not null,
    units_done    int not null,
    -- the size of all units in bytes
    work          bigint not null,
    created_at    timestamptz not null,
    -- the time of the last progress
    updated_at    timestamptz not null,
    finished_at   timestamptz,
    -- the end of its retention
    expires_at    timestamptz,
    -- the number of starts of the current step whose end was not recorded. It reveals a step that ends its process each time,
    -- such as by exhausting memory.
    attempts      int not null default 0,
    -- the last failure of the current step; null = it has not failed since its last progress
    fault         text,
    -- whether the files of a failed or discarded job are erased. If a process may still be writing some, they are erased
    -- once more after a day.
    erased        boolean not null default false,
    -- where the files are, and the header of the manifest, as JSON of the kind. It is separate from the payload, so that a
    -- process of another version can erase the files.
    output        text,
    -- what was decided when the job was planned, for all of its units
    plan          text,
    -- how often the job was planned
    plans         int not null default 0,
    -- the time from which a process may take the step: the time of the next attempt, or the end of the lease
    due_at        timestamptz not null default now(),
    -- the process that runs the step, and the number of its lease; each lease has a higher number
    lease_owner   text,
    lease_version bigint not null default 0,
    -- failures in a row, and the time of the first of them
    failures      int not null default 0,
    failing_since timestamptz
);
-- The jobs that have a next step.
create index job_open_idx on job (created_at) where status <> 'COMPLETED' and not (status = 'FAILED' and erased);

-- Columns with the name of a column of job mean the same for the unit, but for the payload.
create table work_unit (
    id            bigint generated always as identity primary key,
    job_id        uuid not null references job on delete cascade,
    -- the place in the plan, from 0
    ordinal       int not null,
    -- the files that the unit writes, or the file that it imports, as JSON of the kind
    payload       text not null,
    -- the size of the unit in bytes, and how much of it is done
    work          bigint not null,
    done          bigint not null,
    -- null = the unit is not done
    result        text,
    attempts      int not null default 0,
    -- the page of the partial manifest that lists the result; null until a page is closed
    page          int,
    -- the limit that slows the unit down at this time, for the status of the job; null = none
    throttled_by  text,
    due_at        timestamptz not null default now(),
    lease_owner   text,
    lease_version bigint not null default 0,
    failures      int not null default 0,
    failing_since timestamptz,
    fault         text,
    -- the highest value of done in any attempt
    most_done     bigint,
    updated_at    timestamptz,
    unique (job_id, ordinal)
);
-- The units that are not done; the first unit of a plan comes first.
create index work_unit_open_idx on work_unit ((ordinal > 0), id) where result is null;
