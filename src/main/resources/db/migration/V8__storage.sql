-- Which storage belongs to this store (docs/adr/0024-a-store-and-its-storage.md).

-- The id of this store. The first start makes it, so that databases that are copied from one template differ.
create table store_identity (
    only_row boolean primary key default true check (only_row),
    id       uuid not null
);

-- The tokens that processes have written to the storage, a new one every half minute. If the storage holds another token,
-- another copy of this database has written to it.
create table storage_token (
    token   uuid primary key,
    made_at timestamptz not null default clock_timestamp(),
    -- whether the storage has held it
    written boolean not null default false
);
