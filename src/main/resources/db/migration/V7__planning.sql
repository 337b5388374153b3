-- The working tables of an export: what its plan refers to, because it is too large for the plan. The rows are deleted when
-- the export ends. A planning that is repeated has an attempt id of its own, which its plan names; rows of other attempts
-- are not read.

-- The patients of an export, as numbers.
create table cohort (
    job_id  uuid not null,
    -- MEMBERS: their data is exported; ABSENT: their data is not, in an export of all patients; BEFORE: members at _since;
    -- JOINED and LEFT: since then
    part    text not null,
    -- the number in patient_number
    patient int not null,
    primary key (job_id, part, patient)
);

-- The attempts to find the included rows of a job (docs/adr/0009-included-rows.md).
create table included_attempt (
    attempt uuid primary key,
    job_id  uuid not null
);
create index on included_attempt (job_id);

-- The included rows.
create table included_row (
    attempt uuid not null,
    type    text not null,
    key     bigint not null,
    -- CHANGED: exported; UNCHANGED: belongs to the export, and the client has it; REMOVED: listed as deleted
    part    text not null,
    -- the number of references that lead to it from a row that the request selects
    depth   int not null,
    primary key (attempt, type, key)
);

-- The resources that exported or included resources refer to, whether they exist or not.
create table included_reference (
    attempt      uuid not null,
    type         text not null,
    id           text collate "C" not null,
    -- whether a resource that the client does not have refers to it
    from_changed boolean not null,
    primary key (attempt, type, id)
);

-- The attempts to organise the lines of a job (docs/adr/0010-organised-lines.md).
create table organized_attempt (
    attempt uuid primary key,
    job_id  uuid not null
);
create index on organized_attempt (job_id);

-- The lines of organised output, without the headers, in the order of the files. A unit reads a range of them, and finds
-- each body by type and key.
create table organized_line (
    attempt uuid not null,
    seq     bigint not null,
    -- the id of the resource whose block it is, without the type, which is the same for all
    head    text collate "C" not null,
    type    text not null,
    key     bigint not null,
    bytes   int not null,
    primary key (attempt, seq)
);

-- How many rows of each type were read for organised output, and how many of them are in blocks.
create table organized_count (
    attempt     uuid not null,
    type        text not null,
    -- rows of the snapshot
    read        bigint not null,
    -- of these, those that the filters kept
    kept        bigint not null,
    -- of those kept, those that belong to no block
    in_no_block bigint not null,
    -- of those kept, those that belong to too many blocks, and are therefore in none
    in_too_many bigint not null,
    primary key (attempt, type)
);
