-- A job's state. Only the gateway writes it, and every change of status is conditional on the one before.
create table job (
    key                uuid primary key,
    number             bigint generated always as identity unique,
    status             text        not null check (status in ('queued', 'training_in_progress', 'success', 'failed', 'cancelled')),
    attempt            integer     not null default 1 check (attempt >= 1),
    -- The fence: chosen by the worker that claimed this attempt.
    token              uuid,
    last_sequence      bigint      not null default -1,
    worker             text,
    lease_expires_at   timestamptz,
    -- Attempts that count against the limit, deaths in a row that gained no epoch, and where the present attempt began.
    charged_attempts   integer     not null default 0,
    fruitless_deaths   integer     not null default 0,
    epochs_at_claim    integer     not null default 0,
    config             jsonb       not null,
    epochs             integer     not null,
    current_epoch      integer     not null default 0,
    current_loss       double precision,
    progress           double precision not null default 0,
    samples_per_second double precision,
    eta_seconds        double precision,
    progress_at        timestamptz,
    result             jsonb,
    model_name         text,
    model_version      integer,
    failure_code       text,
    failure_message    text,
    created_at         timestamptz not null default now(),
    queued_at          timestamptz not null default now(),
    started_at         timestamptz,
    ended_at           timestamptz,
    updated_at         timestamptz not null default now(),
    check ((status = 'training_in_progress') = (token is not null)),
    check ((status in ('success', 'failed', 'cancelled')) = (ended_at is not null))
);
create index job_by_status on job (status, number desc);
create index job_by_lease on job (lease_expires_at) where status = 'training_in_progress';

create table job_transition (
    job_key     uuid        not null references job (key) on delete cascade,
    id          bigint generated always as identity,
    from_status text,
    to_status   text        not null,
    attempt     integer     not null,
    reason      text        not null,
    detail      text,
    worker      text,
    at          timestamptz not null default now(),
    primary key (job_key, id)
);

create table job_epoch (
    job_key             uuid        not null references job (key) on delete cascade,
    epoch               integer     not null,
    attempt             integer     not null,
    train_loss          double precision not null,
    train_accuracy      double precision not null,
    validation_loss     double precision,
    validation_accuracy double precision,
    seconds             double precision not null,
    checkpoint          jsonb,
    ended_at            timestamptz not null default now(),
    primary key (job_key, epoch)
);

-- What must reach Kafka, committed together with what it tells of; the relay sends and deletes.
create table outbox (
    id         bigint generated always as identity primary key,
    topic      text        not null,
    record_key text        not null,
    value      bytea       not null,
    reason     text,
    created_at timestamptz not null default now()
);
create index outbox_by_record on outbox (record_key);
