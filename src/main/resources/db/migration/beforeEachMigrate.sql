-- A migration waits only a short time for a table that others read. While it waits, all other statements on the table
-- queue up behind it, and a reader that needs a second connection for its work would wait for itself. The setting is part
-- of the migration's transaction and ends with it.
set local lock_timeout = '3s';
