-- A step that fails: since when, why the last time, and how far its unit got at its best try. Patience is a time since the
-- first failure or the last time that the unit got further; the status tells the rest.
alter table scheduled_tasks
    add column failing_since timestamptz,
    add column fault         text,
    add column reached       bigint;

-- For the status of a job, which asks for the few steps that have failed.
create index scheduled_tasks_fault_idx on scheduled_tasks (task_instance) where fault is not null;
