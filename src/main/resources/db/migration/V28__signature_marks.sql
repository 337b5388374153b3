-- Rows that refer to a patient by a URL that was not this server's are marked in their signature from now on (see
-- dev.sluice.search.CodeIndex), so that a filter by references to patients can use the compartments. A new store has no
-- rows without the mark. One of an earlier version, though it is empty, may get some from processes of that version.
update signature_version set version = 2
where version = 1 and not exists (select from resource)
  and not exists (select from flyway_schema_history where version = '18');
