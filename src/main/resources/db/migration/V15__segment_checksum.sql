-- Compressed exports take members as they are, without a look at what they hold; so a member has a checksum. Segments are
-- made anew (docs/adr/0012-sealed-segments.md).
truncate segment;

-- CRC-32C of the member
alter table segment add column checksum int not null;
