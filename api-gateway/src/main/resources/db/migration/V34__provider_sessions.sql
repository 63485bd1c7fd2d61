-- Sessions of users of the OpenID provider, which have no access token. roles has the values of the roles claim. The session
-- has the rights that they give until tokens_until; then it is renewed with the refresh token, or ends. sealed_tokens has the
-- provider's tokens, encrypted with a key that only the browser's cookie gives. One gateway at a time renews a session.
alter table page_session alter column token_id drop not null;
alter table page_session alter column token_hash drop not null;
alter table page_session
    add column subject        text,
    add column user_name      text,
    add column roles          text[],
    add column tokens_until   timestamptz,
    add column sealed_tokens  bytea,
    add column renewing_until timestamptz;
alter table page_session
    add constraint page_session_owner check (case when token_id is null
        then num_nonnulls(subject, user_name, roles, tokens_until, sealed_tokens) = 5
        else token_hash is not null and subject is null end) not valid;
alter table page_session validate constraint page_session_owner;
