-- Which replaced versions are kept (docs/adr/0007-what-is-kept-of-the-past.md).

-- The earliest time as of which the store can be read. Versions that were replaced at or before it may be removed. One row.
create table version_retention (
    only_row  boolean primary key default true check (only_row),
    kept_from timestamptz not null
);
insert into version_retention (kept_from) values (to_timestamp(0));

-- The times as of which readers still read the store, each with the id of its reader, such as an export. The sweep removes
-- no version that was current at such a time.
create table retention_hold (
    id    uuid primary key,
    as_of timestamptz not null
);
