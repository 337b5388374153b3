-- A step is counted when it begins and taken off again when its end is heard of, whatever the end is. So one that takes
-- its process with it each time (out of memory) is found out.
alter table job add column attempts int not null default 0;
alter table work_unit add column attempts int not null default 0;

-- Why a step of the job waits to be tried again; null once there is progress.
alter table job add column fault text;

-- Whether what a failed job made is erased.
alter table job add column erased boolean not null default false;

-- Every process looks for expired jobs by itself now.
delete from scheduled_tasks where task_name = 'expire';
