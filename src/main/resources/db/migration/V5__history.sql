-- What is kept of the past, and for whom. The reasons are in docs/adr/0007-what-is-kept-of-the-past.md.

-- Numbers of the patients in whose compartments the resource was before, and is not any more; null = none. An export
-- since a moment tells from it what left a group's data, however long ago the older versions were swept.
alter table resource add column former int[];

-- The sweep finds what it may remove; only superseded versions are in this index.
create index resource_superseded on resource (superseded_at) where superseded_at is not null;

-- From this moment on the store can be read as of any moment; of the time before, versions may be gone. One row.
create table history (
    only_row  boolean primary key default true check (only_row),
    kept_from timestamptz not null
);
insert into history (kept_from) values (to_timestamp(0));

-- Moments that unfinished jobs read the store as of: nothing that was current then is swept.
create table history_hold (
    job_id uuid primary key,
    moment timestamptz not null
);

-- The patients of a job: its members, those whom a Patient export leaves out, and who joined or left since a moment.
alter table cohort add column part text not null default 'MEMBERS';
alter table cohort alter column part drop default;
alter table cohort drop constraint cohort_pkey;
alter table cohort add primary key (job_id, part, patient);

-- The highest moment that was closed. A writer that opened before a proposal and is seen only after it would take the
-- next closed moment back behind the last one: no harm to a chain, but a moment that was closed stays closed.
create sequence last_closed minvalue 0 start 0;
select setval('last_closed', 0);

create or replace function close_moment() returns bigint
    language plpgsql volatile as $$
declare
    proposed bigint;
    closed   bigint;
begin
    perform pg_advisory_xact_lock(writer_lock(0));
    proposed := greatest(clock_moment(), (select last_value from closed_moment) + 1);
    perform setval('closed_moment', proposed);
    closed := greatest((select last_value from last_closed), least(proposed, (
        select min(((classid::bigint << 32) | objid::bigint) & 281474976710655) - 1
        from pg_locks
        where locktype = 'advisory'
          and database = (select oid from pg_database where datname = current_database())
          and objsubid = 1
          and classid::bigint >> 16 = 20942
          and ((classid::bigint << 32) | objid::bigint) <> writer_lock(0))));
    perform setval('last_closed', closed);
    return closed;
end $$;
