-- A deleted version stays for lineage and its number is never given again; its files go.
alter table model_version
    add column deleted_at timestamptz,
    add column files_gone boolean not null default false;
create index model_version_with_files on model_version (name) where deleted_at is not null and not files_gone;

-- Where each alias went. 'previous' is the move that a rollback leads back to, so that rolling back twice goes two back.
create table model_alias_move (
    id           bigint generated always as identity primary key,
    name         text        not null,
    alias        text        not null,
    from_version integer,
    to_version   integer,
    reason       text        not null,
    previous     bigint references model_alias_move (id),
    at           timestamptz not null default now()
);
create index model_alias_move_by_name on model_alias_move (name, id desc);

-- A name for one version of a model; 'production' is the one that predict answers with.
create table model_alias (
    name    text        not null,
    alias   text        not null check (alias ~ '^[a-z][a-z0-9_-]{0,31}$'),
    version integer     not null,
    move    bigint      not null references model_alias_move (id),
    set_at  timestamptz not null default now(),
    primary key (name, alias),
    foreign key (name, version) references model_version (name, version)
);

insert into model_alias_move (name, alias, to_version, reason, at)
select name, 'production', version, 'published', activated_at from active_model order by activated_at;
insert into model_alias (name, alias, version, move, set_at)
select m.name, m.alias, m.to_version, m.id, m.at from model_alias_move m;
drop table active_model;

-- Who else is asked: a share of the requests is answered by 'canary', a share is asked of a shadow too.
create table model_route (
    name         text primary key,
    canary_share double precision not null check (canary_share between 0 and 1),
    shadow_share double precision not null check (shadow_share between 0 and 1),
    shadow_alias text             not null,
    set_at       timestamptz      not null default now()
);

-- How often a shadow's answer was another than that of the version which the client heard; every gateway adds to it.
create table model_comparison (
    name           text        not null,
    version        integer     not null,
    shadow_version integer     not null,
    compared       bigint      not null default 0,
    disagreed      bigint      not null default 0,
    -- The shadow gave no answer that could be compared.
    failed         bigint      not null default 0,
    last_at        timestamptz not null default now(),
    primary key (name, version, shadow_version)
);

-- Rises with every change of versions, aliases and routes; gateways look whether what they know of them is old.
create table model_revision (
    only_row boolean primary key default true check (only_row),
    revision bigint not null
);
insert into model_revision (revision) values (1);

-- A record that is gone from a compacted topic has no value.
alter table outbox alter column value drop not null;
