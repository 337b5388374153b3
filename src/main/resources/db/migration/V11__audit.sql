-- Who did what (docs/security.md). The server only adds rows; it needs the rights to INSERT and to SELECT.

create table audit_event (
    id          bigint generated always as identity primary key,
    recorded_at timestamptz not null default clock_timestamp(),
    -- a constant of audit/Activity
    activity    text not null,
    -- an outcome of AuditEvent: 0 = success, 4 = refused, 8 = failed
    outcome     smallint not null,
    -- null = not known
    issuer      text,
    client      text,
    -- null = a command, or the server itself
    address     text,
    -- the job, the client, or the kind of request that it is about
    subject     text,
    detail      text,
    -- the number of events that the row stands for, of rows or of files
    amount      bigint
);
create index audit_event_recorded_at on audit_event (recorded_at, id);

-- Refuses changes, also those of the owner of the table, unless it says in the same transaction that it maintains the table:
-- set local sluice.audit_maintenance = 'on'
-- The search path is fixed, since a temporary table may have the name of one of the catalog.
create function audit_event_is_append_only() returns trigger language plpgsql
        set search_path = pg_catalog, pg_temp as $$
begin
    if coalesce(current_setting('sluice.audit_maintenance', true), '') <> 'on'
            or pg_has_role(current_user, (select relowner from pg_catalog.pg_class where oid = tg_relid), 'usage')
                is not true then
        raise exception 'Rows of % are only added', tg_table_name using errcode = 'insufficient_privilege';
    end if;
    return null;
end
$$;
create trigger audit_event_is_append_only before update or delete or truncate on audit_event
    for each statement execute function audit_event_is_append_only();
