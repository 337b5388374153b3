-- Needs the table for itself, as a migration of a later version may.
alter table resource add column later int;
