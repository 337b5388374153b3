-- An import records with each batch of lines how far its unit is, so that no line is written twice
-- (docs/adr/0052-a-batch-records-its-lines.md).

alter table work_unit
    -- how much of the unit is in the store, as JSON of the kind; null = nothing, or the kind does not record it. It changes in
    -- the transaction that writes to the store, if the unit is still leased to the process that writes.
    add column checkpoint text;
