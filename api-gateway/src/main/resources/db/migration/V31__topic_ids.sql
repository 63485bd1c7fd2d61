-- Kafka gives a topic that is deleted and created again another id. A position is valid only in the topic that it was
-- stored for; one of the release before has no id, and belongs to the topic that is there.
alter table event_position add column topic_id uuid;

create table topic_identity (
    topic      text primary key,
    topic_id   uuid not null,
    noticed_at timestamptz not null default now()
);
