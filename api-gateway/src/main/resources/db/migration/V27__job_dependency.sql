-- Jobs that start when others have succeeded. A row outlives the job it depends on, so it has no foreign key to that.
create table job_dependency (
    job_key    uuid    not null references job (key) on delete cascade,
    position   integer not null,
    depends_on uuid    not null,
    -- Set when the job was let through; a success is final.
    succeeded  boolean not null default false,
    primary key (job_key, position)
);
create index job_dependency_by_dependency on job_dependency (depends_on) where not succeeded;

-- True from the submission, resumption or retry of a job until all its dependencies have succeeded.
alter table job add column waiting boolean not null default false;

-- Tells the leader at the commit, whichever release made the change. The payload is that of Notifier: the sender, here
-- none, and the topic.
create function notify_job_dependency() returns trigger language plpgsql as $$
begin
    if new.waiting or exists (select 1 from job_dependency where depends_on = new.key and not succeeded) then
        perform pg_notify('trainyard', ':dependencies');
    end if;
    return null;
end
$$;
create trigger notify_job_end after update of status on job
    for each row when (new.ended_at is not null and old.ended_at is null)
    execute function notify_job_dependency();
create trigger notify_job_waiting after insert or update of status on job
    for each row when (new.waiting and new.status = 'queued')
    execute function notify_job_dependency();

-- Live trainers of the pools that have waiting jobs, as the leader saw them, for the other gateways.
create table pool_trainers (
    pool    text        primary key,
    live    integer     not null,
    seen_at timestamptz not null default now()
);
