-- A compressed file is one gzip member, which sealed segments are joined to: they are kept as deflate data without a
-- header, a final block and a trailer. What was sealed before is made anew (docs/adr/0020-one-gzip-member.md).
truncate segment;

alter table segment rename column member to deflated;
-- CRC-32 of the lines; the checksum is of both
alter table segment add column crc32 int not null;
