-- What shows that a replica has replayed all that the plan of a job refers to: a row that is committed after it
-- (docs/adr/0051-replicas-show-a-mark.md).
create table plan_mark (
    mark   uuid primary key,
    job_id uuid not null references job on delete cascade
);
create index on plan_mark (job_id);

-- The database that the unit read from: primary, or the name of a replica; null = there are no replicas, or it is not done.
alter table work_unit add column source text;
