-- The pool of trainers that may run a job, and its priority within its project (0 to 100, higher first).
alter table job
    add column pool     text    not null default 'default' check (pool ~ '^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$'),
    add column priority integer not null default 50 check (priority between 0 and 100),
    -- When the present attempt was handed out to the trainers; null while the job waits here for a free trainer.
    -- Gateways of the release before write the record together with the job, so that their jobs are handed out already.
    add column dispatched_at timestamptz default now(),
    -- When the present attempt was claimed.
    add column claimed_at timestamptz;

-- Virtual time of each pool's fair share; its row is locked by the gateway that hands out jobs of the pool.
create table dispatch_clock (
    pool  text   primary key,
    clock bigint not null default 0
);

-- Virtual time at which a project has used its share of a pool; kept so that the next leader continues with it.
create table dispatch_share (
    pool    text   not null,
    project text   not null references project (name) on delete cascade,
    served  bigint not null,
    primary key (pool, project)
);

-- Equals the term while the leader hands out jobs; a leader of the release before leaves it behind, and others hand out.
alter table leader add column dispatch_term bigint not null default 0;
