-- Versions that came from another store; see docs/adr/0017-imported-versions.md. A row that was written here has none of
-- these. last_updated is always the time at which a row became visible here, and what all reading goes by.

-- What meta.versionId says, where it is not version_id. version_id counts the rows of a resource that were current, 1, 2,
-- 3 …; a version that came when a newer one was here already never was current, and has the negative of its number.
alter table resource add column meta_version_id int;

-- What meta.lastUpdated says, as it came, where it is not last_updated; never later than that.
alter table resource add column meta_last_updated text;

-- Number and time where a version came from, where meta does not say them; for the order of what comes later.
alter table resource add column source_version_id int;
alter table resource add column source_last_updated timestamptz;
