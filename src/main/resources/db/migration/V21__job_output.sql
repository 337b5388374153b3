-- Where the output of a job is, beside its payload and in a form that stays: a process of another version, which cannot
-- read the payload, must be able to erase it. Jobs of a version that did not write it have none.
alter table job add column output text;
