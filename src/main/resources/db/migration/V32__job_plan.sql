-- What was decided when a job was planned, for all of its units. Jobs that an older version planned have none; they are
-- planned again.
alter table job add column plan text;
