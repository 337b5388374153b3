-- Resource rows. One row is one version of one resource; the current version has no superseded_at.
-- Read as of a moment T:  last_updated <= T and (superseded_at is null or superseded_at > T)

-- Insertion order; rows of one range of keys lie together on disk.
create sequence resource_key;

-- Gives each patient that any resource refers to a number, so that compartments are small and exact.
create table compartment (
    number     int generated always as identity primary key,
    patient_id text collate "C" not null unique
);

create table resource (
    type          text not null,
    key           bigint not null default nextval('resource_key'),
    id            text collate "C" not null,
    version_id    int not null,
    last_updated  timestamptz not null,
    superseded_at timestamptz,
    deleted       boolean not null,
    -- length of the NDJSON line, newline included; 0 for a deletion
    bytes         int not null,
    -- numbers of the patients in whose compartments the resource is; null = none
    compartment   int[],
    -- hashes of the identifiers, for look-ups by identifier; null = none
    signature     bigint[],
    -- the NDJSON line without its newline; null for a deletion
    body          text
) partition by list (type);

-- lz4 halves the cost of reading long bodies; not every build has it.
do $$
begin
    alter table resource alter column body set compression lz4;
exception when feature_not_supported or invalid_parameter_value then
    null;
end $$;

-- One partition for each R4 type: an export reads a type, and finds its rows side by side.
do $$
declare
    name text;
    part text;
begin
    foreach name in array string_to_array('${resourceTypes}', ' ') loop
        part := 'resource_' || lower(name);
        execute format('create table %I partition of resource for values in (%L)', part, name);
        -- The current version of a resource, and any other; two writers of one version collide here.
        execute format('create unique index on %I (id, version_id)', part);
        -- Planning an export and reading a range: an index-only scan gives rows and bytes as of a moment.
        execute format('create unique index on %I (key) include (last_updated, superseded_at, deleted, bytes)', part);
        -- What changed since a moment: rows are appended in about this order, so BRIN costs next to nothing.
        execute format('create index on %I using brin (last_updated)', part);
        -- Patient and Group exports.
        execute format('create index on %I using gin (compartment) where compartment is not null', part);
        -- Conditional references and conditional creates.
        execute format('create index on %I using gin (signature) where signature is not null', part);
    end loop;
end $$;
