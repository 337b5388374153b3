-- De-identified exports (docs/adr/0039-de-identification.md).

-- The rules and the keys of each export, while its job runs. All its units use them, in whichever process. The row is deleted
-- when the job ends.
create table deidentification (
    job_id uuid primary key,
    -- the checked rules as JSON, without keys
    rules  text not null,
    -- a secret: with it, hashes can be compared with those of known values, and encrypted values decrypted
    keys   text not null
);

-- The rule file that an export used; null = it was not de-identified.
alter table disclosure add column deidentified_by text;
