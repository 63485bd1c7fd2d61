-- The audit log: one row for each change, written in the transaction of the change.
create table audit_entry (
    id          bigint      generated always as identity primary key,
    at          timestamptz not null default now(),
    actor_kind  text        not null,
    actor       text        not null,
    actor_id    text,
    address     text,
    request_id  text,
    action      text        not null,
    object_kind text        not null,
    object_id   text        not null,
    -- No reference, because entries outlive their project.
    project     text        not null,
    detail      jsonb       not null
);
create index audit_entry_by_time on audit_entry (at);
create index audit_entry_by_object on audit_entry (object_id);
create index audit_entry_by_actor on audit_entry (actor, id);
create index audit_entry_by_actor_id on audit_entry (actor_id, id);
create index audit_entry_by_action on audit_entry (action, id);
create index audit_entry_by_project on audit_entry (project, id);

-- Entries are never changed, and deleted only by delete_old_audit_entries, after 7 days at the earliest.
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and current_setting('trainyard.audit_retention', true) = 'on'
            and old.at < now() - interval '7 days' then
        return old;
    end if;
    raise exception 'audit_entry is append-only: % is refused', lower(tg_op)
        using hint = 'delete_old_audit_entries(age, most) deletes entries that are older than 7 days.';
end $$;
create trigger audit_entry_is_append_only before update or delete on audit_entry
    for each row execute function refuse_audit_change();
create trigger audit_entry_is_not_truncated before truncate on audit_entry
    for each statement execute function refuse_audit_change();

-- Runs with the rights of its owner, so that a gateway with a role of its own needs only insert and select.
create function delete_old_audit_entries(age interval, most integer) returns integer language sql
    security definer set search_path = ${flyway:defaultSchema}, pg_temp set trainyard.audit_retention = 'on' as $$
    with gone as (
        delete from audit_entry where id in (
            select id from audit_entry where at < now() - age order by at limit most)
        returning 1)
    select count(*)::integer from gone
$$;
