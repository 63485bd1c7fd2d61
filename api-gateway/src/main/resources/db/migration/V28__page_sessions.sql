-- Sessions of the web page. The browser has the session's identifier in a cookie and its CSRF token in its storage; of both
-- only the SHA-256 is stored. A session ends with its token: token_hash is the hash of the secret that it signed in with.
create table page_session (
    id_hash      text        primary key,
    csrf_hash    text        not null,
    token_id     text        not null references access_token (id) on delete cascade,
    token_hash   bytea       not null,
    created_at   timestamptz not null default now(),
    expires_at   timestamptz not null,
    last_used_at timestamptz not null default now()
);
create index page_session_by_token on page_session (token_id, created_at);
create index page_session_by_expiry on page_session (expires_at);
