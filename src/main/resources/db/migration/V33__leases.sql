-- A process leases the steps of jobs in the rows of jobs and units themselves. What a job needs next follows from its
-- status, so no other table says it. `due_at` is the time from which a process may take the step: for a step that waits,
-- the time of its next attempt; for one that is leased, the end of the lease, which its owner moves ahead.
alter table job
    add column due_at        timestamptz not null default now(),
    add column lease_owner   text,
    add column lease_version bigint not null default 0,
    add column failures      int not null default 0,
    add column failing_since timestamptz;

alter table work_unit
    add column due_at        timestamptz not null default now(),
    add column lease_owner   text,
    add column lease_version bigint not null default 0,
    add column failures      int not null default 0,
    add column failing_since timestamptz,
    -- why the unit failed last, and how far it got at its best attempt
    add column fault         text,
    add column reached       bigint,
    add column updated_at    timestamptz;

create index job_open_idx on job (created_at) where status <> 'COMPLETED' and not (status = 'FAILED' and erased);
create index work_unit_open_idx on work_unit ((ordinal > 0), id) where result is null;

-- A process of the version before records its steps here. It finds none any more, so it leaves all steps to processes of
-- this version; what it adds is ignored, since the status of the job says the same.
delete from scheduled_tasks;

create function ignore_row() returns trigger language plpgsql as 'begin return null; end';

create trigger ignore_steps before insert on scheduled_tasks for each row execute function ignore_row();
