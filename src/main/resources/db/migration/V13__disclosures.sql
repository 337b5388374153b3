-- Whose data exports held (docs/security.md, docs/adr/0037-who-was-disclosed.md). The server only adds rows; it needs the rights
-- to INSERT and to SELECT. They do not depend on the rows of jobs, which are deleted earlier.

-- One row for each export that was planned.
create table disclosure (
    job_id        uuid primary key,
    recorded_at   timestamptz not null default clock_timestamp(),
    -- the client that the export belongs to; null = not known, as in open mode
    issuer        text,
    client        text,
    -- the time whose state the export shows, and that since which it holds changes; null = it holds all
    as_of         timestamptz not null,
    since         timestamptz,
    -- whose data, in words, such as Group/1
    scope         text not null,
    -- the types that it may hold; null = all that there are in the scope
    types         text,
    -- of these, those of which filters selected a part
    filtered      text,
    -- whether it holds the Patient resource of each of its patients, so that each of them was included for certain
    every_patient boolean not null,
    -- the highest number of patient_number when it was planned: it can hold data of the patients up to this number, and of no
    -- other; null = its patients are in disclosed_patients
    last_number   int
);
create index disclosure_recorded_at on disclosure (recorded_at, job_id);

-- The patients of the exports that do not take all patients. One row has up to 1,000 of them.
create table disclosed_patients (
    job_id  uuid not null,
    -- whether they were included, or may have been
    certain boolean not null,
    -- numbers of patient_number
    numbers int[] not null
);
create index disclosed_patients_numbers on disclosed_patients using gin (numbers);

-- How an export ended.
create index audit_event_export_ended on audit_event (subject) where activity = 'EXPORT_ENDED';

create trigger disclosure_is_append_only before update or delete or truncate on disclosure
    for each statement execute function audit_event_is_append_only();
create trigger disclosed_patients_is_append_only before update or delete or truncate on disclosed_patients
    for each statement execute function audit_event_is_append_only();
