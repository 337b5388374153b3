-- What belongs to an export beside what its level and types select. The reasons are in docs/adr/0009-gathered-rows.md.

-- What a Provenance is about: one row for each version and target, so that an export finds the Provenance of its
-- resources.
create table provenance_target (
    id          text collate "C" not null,
    version_id  int not null,
    -- Provenance.recorded; null if it is no time
    recorded    timestamptz,
    target_type text not null,
    target_id   text collate "C" not null,
    -- whether only an earlier version was about it: an export since a moment tells from it what left
    former      boolean not null
);
-- From a resource to the Provenance that is about it, by the index alone.
create index on provenance_target (target_type, target_id) include (id, version_id, recorded, former);
-- From a version to its targets: those of the next version, and the sweep.
create index on provenance_target (id, version_id);

-- Versions of Provenance that may belong to a patient for another reason than that they name them: until it is looked at,
-- each; then those with a target that is in other compartments, or not there. See dev.sluice.store.ProvenanceSettling.
create table provenance_unsettled (
    id         text collate "C" not null,
    version_id int not null,
    -- how often it was looked at, and when it is next
    looks      int not null default 0,
    look_at    timestamptz not null default to_timestamp(0),
    primary key (id, version_id)
);
create index on provenance_unsettled (look_at);

-- Provenance that is there already; what cannot be read here is found again when it is next written.
do $$
declare
    version record;
begin
    for version in select id, version_id, body from resource_provenance where not deleted loop
        begin
            insert into provenance_target (id, version_id, recorded, target_type, target_id, former)
            select distinct version.id, version.version_id, (version.body::jsonb ->> 'recorded')::timestamptz,
                   parts[1], parts[2], false
            from jsonb_array_elements(version.body::jsonb -> 'target') target,
                 regexp_match(target ->> 'reference', '^([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/.*)?$') parts
            where parts is not null;
        exception when data_exception then
            null;
        end;
    end loop;
    insert into provenance_unsettled (id, version_id) select id, version_id from resource_provenance;
end $$;

-- Looks for what belongs to a job's export; each planning makes one, and the first one to end is chosen for good.
create table gathering (
    attempt  uuid primary key,
    job_id   uuid not null,
    chosen   boolean not null,
    -- whether nothing had to be gathered: what the request selects by itself is all
    needless boolean not null
);
create unique index on gathering (job_id) where chosen;

-- Rows that were found.
create table gathered (
    attempt uuid not null,
    type    text not null,
    key     bigint not null,
    -- PRESENT: to be exported; KNOWN: belongs to the export, and has not changed since the moment asked for;
    -- GONE: to be listed as deleted
    part    text not null,
    -- references that lead to it from the rows that the request selects
    depth   int not null,
    primary key (attempt, type, key)
);

-- Resources that gathered or exported ones refer to, whether they are there or not.
create table gathered_reference (
    attempt uuid not null,
    type    text not null,
    id      text collate "C" not null,
    -- whether a resource refers to it that the client does not have yet
    fresh   boolean not null,
    primary key (attempt, type, id)
);
