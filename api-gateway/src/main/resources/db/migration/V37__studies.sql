-- Studies search for good hyper-parameters. Each of their trials is a job.
create table study (
    id            uuid        primary key,
    number        bigint      generated always as identity unique,
    project       text        not null references project (name),
    name          text        not null,
    status        text        not null,
    end_reason    text,
    -- Why it failed, or why its next trial has not started.
    detail        text,
    -- The request. Type json keeps numbers as they were written, so that a replay computes with the same ones.
    spec          json        not null,
    -- Trials of earlier studies that the sampler learns from.
    warm_trials   json        not null,
    -- The limits of the request, which may be raised later.
    limits        json        not null,
    summary       json        not null,
    last_event_id bigint      not null default 0,
    -- Time for which it ran until its last pause, and since when it runs.
    active_ms     bigint      not null default 0,
    active_since  timestamptz,
    -- When it ends by its time limit, and when a trial that could not be submitted is tried again.
    deadline      timestamptz,
    retry_at      timestamptz,
    -- True from the end of the study until the model of its best trial is published.
    publishing    boolean     not null default false,
    model_name    text,
    model_version integer,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    ended_at      timestamptz
);
create index study_by_project on study (project, number desc);
create index study_open on study (number) where ended_at is null or publishing;
create index study_by_end on study (ended_at);

create table trial (
    study         uuid        not null references study (id) on delete cascade,
    number        integer     not null,
    -- No reference, because a trial outlives its job. Null if its configuration was refused.
    job_key       uuid        unique,
    source        text        not null,
    state         text        not null,
    param_values  json        not null,
    -- The objective after each epoch; null where it was not a number.
    curve         json        not null default '{}',
    value         double precision,
    -- Epoch after which it waits for its promotion; null if it runs to its end.
    hold          integer,
    -- True while its job is paused because the study is.
    suspended     boolean     not null default false,
    detail        text,
    created_at    timestamptz not null default now(),
    ended_at      timestamptz,
    primary key (study, number)
);

-- What happened to a study in order, numbered without gaps: facts, and the decisions that follow from the facts before.
create table study_event (
    study uuid        not null references study (id) on delete cascade,
    id    bigint      not null,
    type  text        not null,
    trial integer,
    data  json        not null,
    at    timestamptz not null default now(),
    primary key (study, id)
);

-- The study and trial of a job. No reference, because a job may outlive its study.
alter table job add column study uuid, add column trial integer;
-- The model of a trial until its study decides whether to publish it.
alter table job add column unpublished_model jsonb;

-- An idempotency key is that of a job or of a study.
alter table idempotency_key alter column job_key drop not null;
alter table idempotency_key add column study uuid references study (id) on delete cascade;
