-- Jobs and their units. The states and who may change them are in dev.sluice.job.JobStatus and JobRepository.
create table job (
    id          uuid primary key,
    kind        text not null,
    payload     text not null,
    status      text not null,
    -- the handler's result, or the sentence that says why the job failed
    ending      text,
    units       int not null,
    units_done  int not null,
    work        bigint not null,
    created_at  timestamptz not null,
    updated_at  timestamptz not null,
    finished_at timestamptz,
    expires_at  timestamptz
);

create table work_unit (
    id      bigint generated always as identity primary key,
    job_id  uuid not null references job on delete cascade,
    ordinal int not null,
    payload text not null,
    work    bigint not null,
    done    bigint not null,
    result  text,
    unique (job_id, ordinal)
);

-- The agenda of db-scheduler 16, as its documentation gives it.
create table scheduled_tasks (
    task_name            text not null,
    task_instance        text not null,
    task_data            bytea,
    execution_time       timestamptz not null,
    picked               boolean not null,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures int,
    last_heartbeat       timestamptz,
    version              bigint not null,
    priority             smallint,
    primary key (task_name, task_instance)
);

create index execution_time_idx on scheduled_tasks (execution_time);
create index last_heartbeat_idx on scheduled_tasks (last_heartbeat);
create index priority_execution_time_idx on scheduled_tasks (priority desc, execution_time asc);
