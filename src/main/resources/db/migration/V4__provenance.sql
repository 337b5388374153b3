-- What Provenance is about. An export finds the Provenance of its resources here (docs/adr/0009-included-rows.md).

-- One row for each version of a Provenance and each of its targets.
create table provenance_target (
    id          text collate "C" not null,
    version_id  int not null,
    -- Provenance.recorded; null if it is not a time
    recorded    timestamptz,
    target_type text not null,
    target_id   text collate "C" not null,
    -- whether only an earlier version had this target; an export since a time finds by it what left
    former      boolean not null
);
-- From a resource to the Provenance about it, by the index alone.
create index on provenance_target (target_type, target_id) include (id, version_id, recorded, former);
-- From a version to its targets, for the next version and for the sweep.
create index on provenance_target (id, version_id);

-- Versions of Provenance that may belong to patients in whose compartments they are not, because a target of theirs is in
-- other compartments or does not exist. A new version is here until it is checked.
create table provenance_unsettled (
    id         text collate "C" not null,
    version_id int not null,
    -- the number of checks so far, and the time of the next one
    checks     int not null default 0,
    check_at   timestamptz not null default to_timestamp(0),
    primary key (id, version_id)
);
create index on provenance_unsettled (check_at);
