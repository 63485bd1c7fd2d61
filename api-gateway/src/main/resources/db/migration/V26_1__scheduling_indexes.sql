-- The jobs that wait for a free trainer, in the order of their project.
drop index concurrently if exists job_to_dispatch;
create index concurrently job_to_dispatch on job (pool, project, priority desc, queued_at, number)
    where status = 'queued' and dispatched_at is null;
-- The jobs that were handed out and are not claimed yet.
drop index concurrently if exists job_on_its_way;
create index concurrently job_on_its_way on job (dispatched_at, number)
    where status = 'queued' and dispatched_at is not null;
