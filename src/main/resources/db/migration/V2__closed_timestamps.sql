-- The timestamps of writes, and closed timestamps: times at or before which no write can appear any more. The proof is in
-- docs/adr/0002-closed-timestamps.md. All of them are milliseconds since 1970 of the database's clock.

-- The highest timestamp that was proposed for closing. It is a sequence, because all transactions must see it at once.
create sequence proposed_timestamp minvalue 0 start 0;
select setval('proposed_timestamp', 0);

-- The highest timestamp that was closed. No later call closes an earlier one.
create sequence closed_timestamp minvalue 0 start 0;
select setval('closed_timestamp', 0);

create function clock_millis() returns bigint
    language sql volatile
    return floor(extract(epoch from clock_timestamp()) * 1000)::bigint;

-- The advisory key of an open writer: 0x51CE (20942), then 48 bits for the timestamp at which it opened. The key with the
-- timestamp 0 is no writer: it excludes other transactions that close or propose a timestamp.
create function writer_lock(opened bigint) returns bigint
    language sql immutable
    return (20942::bigint << 48) | opened;

-- Opens the calling transaction as a writer, and returns the timestamp of its rows. The lock is shared, so it never waits.
-- It appears in pg_locks before the timestamp is read, and disappears only after the commit is visible.
create function write_timestamp() returns bigint
    language plpgsql volatile as $$
declare
    opened bigint := greatest(clock_millis(), (select last_value from proposed_timestamp) + 1);
begin
    perform pg_advisory_xact_lock_shared(writer_lock(opened));
    return greatest(clock_millis(), (select last_value from proposed_timestamp) + 1, opened);
end $$;

-- Returns a timestamp at or after the given one, which may be ahead of the clock: the previous version may be as new, or
-- the clock may have been set back. It proposes the timestamps before it, so that the next export includes this write.
create function advance_timestamp(needed bigint) returns bigint
    language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock(writer_lock(0));
    perform setval('proposed_timestamp', greatest((select last_value from proposed_timestamp), needed - 1));
    return greatest(needed, (select last_value from proposed_timestamp) + 1);
end $$;

-- Closes a timestamp and returns it: every write at or before it is committed and visible, and none can be added. It
-- publishes the proposal before it looks for open writers, so a writer that it does not see reads the proposal.
create function close_timestamp() returns bigint
    language plpgsql volatile as $$
declare
    proposed bigint;
    closed   bigint;
begin
    perform pg_advisory_xact_lock(writer_lock(0));
    proposed := greatest(clock_millis(), (select last_value from proposed_timestamp) + 1);
    perform setval('proposed_timestamp', proposed);
    closed := greatest((select last_value from closed_timestamp), least(proposed, (
        select min(((classid::bigint << 32) | objid::bigint) & 281474976710655) - 1
        from pg_locks
        where locktype = 'advisory'
          and database = (select oid from pg_database where datname = current_database())
          and objsubid = 1
          and classid::bigint >> 16 = 20942
          and ((classid::bigint << 32) | objid::bigint) <> writer_lock(0))));
    perform setval('closed_timestamp', closed);
    return closed;
end $$;
