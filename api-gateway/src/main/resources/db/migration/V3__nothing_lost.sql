alter table job drop constraint job_status_check;
alter table job add constraint job_status_check
    check (status in ('queued', 'training_in_progress', 'paused', 'success', 'failed', 'cancelled'));
alter table job
    -- Number of the newest row of job_event; raised under the row's lock, so that a job's events have no gaps.
    add column last_event_id      bigint not null default 0,
    add column callback_url       text,
    -- Taken within an epoch by a worker that was drained; void once the epoch after it is done.
    add column partial_checkpoint jsonb,
    -- The finished job that this one repeats to see whether it gives the same weights.
    add column verifies           uuid references job (key),
    add column verification       jsonb;
create index job_by_verifies on job (verifies) where verifies is not null;

-- What a client hears of a job, in order.
create table job_event (
    job_key uuid   not null references job (key) on delete cascade,
    id      bigint not null,
    type    text   not null,
    data    jsonb  not null,
    at      timestamptz not null default now(),
    primary key (job_key, id)
);

-- A submit that may come twice.
create table idempotency_key (
    key        text primary key,
    body_hash  text        not null,
    job_key    uuid        not null references job (key) on delete cascade,
    created_at timestamptz not null default now()
);
create index idempotency_by_age on idempotency_key (created_at);

-- A retry waits a while before it is sent.
alter table outbox add column not_before timestamptz not null default now();

-- Calls that tell a client's server of the end of its job; deleted when they were answered or given up.
create table callback (
    id         bigint generated always as identity primary key,
    job_key    uuid    not null references job (key) on delete cascade,
    url        text    not null,
    body       text    not null,
    attempts   integer not null default 0,
    not_before timestamptz not null default now()
);
create index callback_by_time on callback (not_before);

-- How far the events of each partition are applied. What Kafka knows of it may be behind after a broker's death.
create table event_position (
    partition   integer primary key,
    next_offset bigint not null
);
