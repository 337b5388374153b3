-- What was decided when a job was planned, for all of its units. Jobs that an older version planned have none; they are
-- planned again.
alter table job add column plan text;

-- A plan names the lines that it was made with, so each planning of a job has lines of its own.
alter table block_plan drop constraint block_plan_pkey;
alter table block_plan add primary key (attempt);
create index on block_plan (job_id);
drop index gathering_job_id_idx;
create index on gathering (job_id);
alter table gathering alter column chosen set default false;
alter table gathering alter column needless set default false;
