-- How the signatures of all rows were made; see dev.sluice.search.CodeIndex. Rows from before hold identifiers only: then
-- no filter is looked up in the index, and each row is read and decided.
create table signature_version (
    only_row boolean primary key default true check (only_row),
    version  int not null
);
insert into signature_version (version) select case when exists (select from resource) then 0 else 1 end;
