-- Predictions that were accepted and are answered later. A row that is pending is also the order to ask a predictor for
-- it, so that nothing accepted can be lost between two tables.
create table prediction_batch (
    id              uuid primary key,
    -- Files of an archive that were passed over.
    skipped         integer     not null default 0,
    idempotency_key text unique,
    body_hash       text,
    created_at      timestamptz not null default now()
);

create table prediction (
    id              uuid primary key,
    batch_id        uuid references prediction_batch (id) on delete cascade,
    position        integer,
    name            text,
    status          text        not null check (status in ('pending', 'succeeded', 'failed')),
    model           text        not null,
    -- Who shall answer, null for the version in production, and by which alias it was chosen.
    version         integer,
    alias           text,
    -- What the reply shall hold, and how outliers are told of.
    want            text        not null,
    outliers        text        not null,
    content_type    text        not null,
    -- The picture, until it is answered.
    request         bytea,
    size            integer     not null,
    -- How often a predictor was asked, and when one is asked next.
    asked           integer     not null default 0,
    ask_at          timestamptz not null default now(),
    deadline        timestamptz,
    -- The predictor's reply as it came, or the problem that the gateway found.
    reply           json,
    problem         json,
    idempotency_key text unique,
    body_hash       text,
    created_at      timestamptz not null default now(),
    ended_at        timestamptz,
    check ((status = 'pending') = (ended_at is null)),
    check ((status = 'pending') = (request is not null)),
    check (status <> 'succeeded' or reply is not null)
);
-- A PNG is compressed already.
alter table prediction alter column request set storage external;
create index prediction_to_ask on prediction (ask_at, id) include (size) where status = 'pending';
create index prediction_by_batch on prediction (batch_id, position) where batch_id is not null;
create index prediction_by_end on prediction (ended_at) where ended_at is not null;
