-- The client that a job belongs to: its issuer and its id; empty in open mode. Other clients do not see the job.
alter table job add column owner text not null default '';
