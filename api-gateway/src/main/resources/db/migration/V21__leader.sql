-- The gateway that runs the tasks of the leader. A new holder increments the term, so that an earlier one notices.
create table leader (
    name       text        primary key,
    holder     uuid,
    term       bigint      not null default 0,
    expires_at timestamptz not null default now()
);
insert into leader (name) values ('gateway');
