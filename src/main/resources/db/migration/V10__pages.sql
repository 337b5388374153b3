-- On which page of the job's results the unit's is; null until a page is closed over it. Who closes pages holds the job's
-- row, as does who records a result, so what a page is closed over does not change meanwhile.
alter table work_unit add column page int;
