-- Rows that refer to a patient by a URL that was not this server's are marked in their signature from now on (see
-- dev.sluice.search.CodeIndex), so that a filter by references to patients can use the compartments. An empty store has no
-- rows without the mark.
update signature_version set version = 2 where version = 1 and not exists (select from resource);
