-- The same in each repetition of a callback, so that receivers can ignore those that they know. Gateways of the release
-- before insert without it.
alter table callback add column event_id uuid not null default gen_random_uuid();
