-- A record that Kafka refuses is tried a few times and then put aside, until an operator sends it again or drops it.
alter table outbox
    add column tries          integer not null default 0,
    add column refusal        text,
    add column quarantined_at timestamptz,
    -- Of a job in the queue, as its record tells trainers of it.
    add column place          text;

-- Where the events of a partition are read no further, as only a later release can read the next one.
alter table event_position
    add column stopped_reason text;
