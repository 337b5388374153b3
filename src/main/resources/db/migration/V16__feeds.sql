-- Feeds: exports that are repeated by a schedule, and published (docs/feeds.md, docs/adr/0045-feeds.md).

-- A published job is found by all clients. Once it is completed, it is kept until its publication ends.
alter table job add column published boolean not null default false;

create table feed (
    name           text primary key,
    -- the client whose permissions its exports have, as in job
    owner          text not null,
    -- the scopes that the owner had when it last changed the feed, separated by spaces
    scopes         text not null,
    -- the public base URL at that time
    base           text not null,
    -- the kick-off, relative to the base, such as Patient/$export?_type=Patient
    export         text not null,
    -- whether parameters that are not supported are ignored
    lenient        boolean not null,
    -- when it runs
    cron           text not null,
    zone           text not null,
    -- how long files are kept that a follower no longer needs, in seconds
    retention      bigint not null,
    -- the number of deltas after which a new snapshot is made
    snapshot_every int not null,
    enabled        boolean not null,
    -- the time of the next run; while a process starts one, the time at which another process may do so
    due_at         timestamptz not null,
    -- why the last run failed, or did not start; null = it did not
    problem        text,
    -- when it was defined, enabled or disabled last
    changed_at     timestamptz not null default clock_timestamp()
);
create index feed_due_idx on feed (due_at) where enabled;

-- The runs of a feed. A run is an export job, or a failure to start one.
create table feed_run (
    id               bigint generated always as identity primary key,
    feed             text not null references feed on delete cascade,
    -- null = the export did not start
    job              uuid,
    -- SNAPSHOT: everything; DELTA: what changed since the link before it
    kind             text not null,
    -- the chain that it is part of. Followers of an earlier chain begin again with a snapshot.
    chain            int not null,
    -- the place in the feed. A snapshot has the number of the delta whose state it holds, or begins a chain.
    number           int not null,
    since            timestamptz,
    transaction_time timestamptz,
    -- the hash of what its export may hold. A delta only follows a run of the same content.
    content          text,
    -- RUNNING, COMPLETED or FAILED
    status           text not null,
    problem          text,
    started_at       timestamptz not null default clock_timestamp(),
    ended_at         timestamptz,
    -- when its files were given up; null = they are published
    erased_at        timestamptz
);
-- One run of a kind at a time, and one link of a number.
create unique index feed_run_open_idx on feed_run (feed, kind) where status = 'RUNNING';
create unique index feed_run_link_idx on feed_run (feed, kind, number) where status = 'COMPLETED';
create index feed_run_feed_idx on feed_run (feed, id);
