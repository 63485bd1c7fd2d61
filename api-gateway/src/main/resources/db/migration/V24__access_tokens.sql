-- Access tokens. Of a secret only its SHA-256 is stored. Every change takes the next revision while it holds a lock, so
-- that gateways which remember the newest revision they have read notice every change.
create sequence access_token_revision;
create table access_token (
    id           text        primary key,
    name         text        not null,
    role         text        not null,
    scopes       text[],
    secret_hash  bytea       not null,
    revision     bigint      not null,
    created_at   timestamptz not null default now(),
    created_by   text        not null,
    expires_at   timestamptz,
    revoked_at   timestamptz,
    last_used_at timestamptz
);
create index access_token_by_revision on access_token (revision);
