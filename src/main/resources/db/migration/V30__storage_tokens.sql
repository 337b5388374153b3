-- Which storage belongs to this store. The reasons are in docs/adr/0024-a-store-and-its-storage.md.

-- The identity of this store; made at the first start, so that databases copied from one template differ.
create table store_identity (
    only_row boolean primary key default true check (only_row),
    id       uuid not null
);

-- Each process writes a new token into the storage every half minute, and here before. A storage whose token is not here
-- was written to by another copy of this database.
create table storage_token (
    token   uuid primary key,
    made_at timestamptz not null default clock_timestamp(),
    -- whether it has stood in the storage
    written boolean not null default false
);
