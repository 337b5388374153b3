-- Sealed segments: lines of rows that have not changed for a while, compressed, for exports to take whole. The reasons and
-- the proof are in docs/adr/0012-sealed-segments.md.

create table segment (
    type            text not null,
    -- It stands for all rows of these keys.
    first_key       bigint not null,
    last_key        bigint not null,
    -- The moment as of which it was made. It shows any later one at which none of its keys has changed.
    as_of           timestamptz not null,
    lines           int not null,
    -- of the lines, newlines included
    bytes           bigint not null,
    -- how many lines are of resources in the compartment of any patient
    in_compartments int not null,
    -- the lines in the order of their keys, as one gzip member
    member          bytea not null,
    primary key (type, first_key)
);
-- It is compressed already.
alter table segment alter column member set storage external;

-- For each type with segments: until which moment it is known that no key of them has changed.
create table sealing (
    type        text primary key,
    clean_until timestamptz not null
);
