-- Which gateway reads each partition of train.events, for as long as it says so. A gateway that dies is replaced after
-- its time is up, whatever the broker knows of it.
alter table event_position
    add column reader      uuid,
    add column owned_until timestamptz;

create table event_reader (
    id          uuid primary key,
    alive_until timestamptz not null
);
