-- Moments: which time a write carries, and which moments are closed, so that no write can still arrive at or before them.
-- The proof is in docs/adr/0002-closed-moments.md. All moments are milliseconds since 1970 of the database's clock.

-- The highest moment that was ever proposed for an export. A sequence, since it must be seen at once and outside
-- transactions.
create sequence closed_moment minvalue 0 start 0;
select setval('closed_moment', 0);

create function clock_moment() returns bigint
    language sql volatile
    return floor(extract(epoch from clock_timestamp()) * 1000)::bigint;

-- Advisory keys of open writers are <0x51CE><48 bits of the moment at which they opened>.
create function writer_lock(moment bigint) returns bigint
    language sql immutable
    return (20942::bigint << 48) | moment;

-- Opens the calling transaction as a writer and returns the moment that its rows carry. The lock is shared, so it never
-- waits; it is visible in pg_locks before the moment is read, and gone only after the commit is visible.
create function writing_moment() returns bigint
    language plpgsql volatile as $$
declare
    opened bigint := greatest(clock_moment(), (select last_value from closed_moment) + 1);
begin
    perform pg_advisory_xact_lock_shared(writer_lock(opened));
    return greatest(clock_moment(), (select last_value from closed_moment) + 1, opened);
end $$;

-- Lets a writer use a moment ahead of the clock (the version before it is as new, or the clock was set back): moments
-- below it are given up, so that the next export sees it. Serialised with close_moment.
create function advance_moment(needed bigint) returns bigint
    language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock(writer_lock(0));
    perform setval('closed_moment', greatest((select last_value from closed_moment), needed - 1));
    return greatest(needed, (select last_value from closed_moment) + 1);
end $$;

-- Closes a moment: every write at or before the result is committed and visible, and none can be added.
-- First the proposal is published, then open writers are looked for: a writer that is not seen reads the proposal.
create function close_moment() returns bigint
    language plpgsql volatile as $$
declare
    proposed bigint;
begin
    perform pg_advisory_xact_lock(writer_lock(0));
    proposed := greatest(clock_moment(), (select last_value from closed_moment) + 1);
    perform setval('closed_moment', proposed);
    return least(proposed, (
        select min(((classid::bigint << 32) | objid::bigint) & 281474976710655) - 1
        from pg_locks
        where locktype = 'advisory'
          and database = (select oid from pg_database where datname = current_database())
          and objsubid = 1
          and classid::bigint >> 16 = 20942
          and ((classid::bigint << 32) | objid::bigint) <> writer_lock(0)));
end $$;
