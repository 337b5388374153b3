-- Exports that are organised by the instances of a type: which resource stands in which block, in the order of the files.
-- The reasons are in docs/adr/0010-blocks-are-planned-lines.md. All of it goes when its export is over.

-- The plan of a job's lines. Of several attempts to make one, the first to end is the plan for good.
create table block_plan (
    job_id  uuid primary key,
    attempt uuid not null
);

-- The lines of the files, headers aside. A unit reads a range of them; a line's body is found by its type and key.
create table block_line (
    attempt uuid not null,
    seq     bigint not null,
    -- the logical id of the resource whose block it is
    head    text collate "C" not null,
    type    text not null,
    key     bigint not null,
    bytes   int not null,
    primary key (attempt, seq)
);

-- What became of the rows of each type.
create table block_count (
    attempt uuid not null,
    type    text not null,
    -- rows that the snapshot holds
    read    bigint not null,
    -- of these, those that the filters took
    taken   bigint not null,
    -- of these, those that are in no block
    alone   bigint not null,
    -- of those taken, those that would be in too many blocks, and are in none
    wide    bigint not null,
    primary key (attempt, type)
);
