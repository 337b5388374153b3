-- The patients of a job: the members of its group, or the patients that a Patient export leaves out.
create table cohort (
    job_id  uuid not null,
    patient int  not null,
    primary key (job_id, patient)
);
