-- Sealed segments: compressed lines of rows that have not changed for a while. An export copies a segment in place of its
-- rows (docs/adr/0012-sealed-segments.md).

create table segment (
    type            text not null,
    -- A segment stands for all rows of these keys.
    first_key       bigint not null,
    last_key        bigint not null,
    -- the closed timestamp as of which it was made. It is valid as of any later time if none of its keys has changed.
    as_of           timestamptz not null,
    lines           int not null,
    -- of the lines, newlines included
    bytes           bigint not null,
    -- the number of lines of resources that are in a patient's compartment
    in_compartments int not null,
    -- the lines in the order of their keys, as deflate data without a header, a final block and a trailer, so that segments
    -- can be joined to one gzip member (docs/adr/0020-one-gzip-member.md)
    deflated        bytea not null,
    -- CRC-32C of the deflated lines and of crc32
    checksum        int not null,
    -- CRC-32 of the lines
    crc32           int not null,
    primary key (type, first_key)
);
-- The column is compressed already.
alter table segment alter column deflated set storage external;

-- Up to which time the segments of a type were checked: none of their keys had changed by then. A reader checks only the time after it.
create table segment_check (
    type            text primary key,
    unchanged_until timestamptz not null
);
