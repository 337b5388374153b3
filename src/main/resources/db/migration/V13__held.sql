-- What holds a unit back on purpose, such as a limit that is set, for the job's progress; null while nothing does.
alter table work_unit add column held_by text;
