-- Projects separate users of one platform. A null quota means no limit.
create table project (
    name                   text        primary key check (name ~ '^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$'),
    -- Share of the trainers relative to other projects with queued jobs.
    weight                 integer     not null default 1 check (weight between 1 and 1000),
    max_queued             integer     check (max_queued >= 0),
    max_running            integer     check (max_running >= 0),
    epochs_per_day         integer     check (epochs_per_day >= 0),
    stored_bytes           bigint      check (stored_bytes >= 0),
    predictions_per_second integer     check (predictions_per_second >= 0),
    created_at             timestamptz not null default now()
);
insert into project (name) values ('default');

-- Gateways of the release before insert without a project.
alter table job add column project text not null default 'default' references project (name);
alter table prediction add column project text not null default 'default' references project (name);
alter table prediction_batch add column project text not null default 'default' references project (name);
-- The only project of a token; null for tokens of all projects. Invalid tokens do not keep a project.
alter table access_token add column project text references project (name) on delete cascade;
-- The project of a model is the part of its name before the slash; names of the project default have none.
alter table model_version add column project text generated always as
    (case when name like '%/%' then split_part(name, '/', 1) else 'default' end) stored;
