-- The jobs that wait for a free trainer, without those that wait for other jobs.
drop index concurrently if exists job_to_dispatch;
create index concurrently job_to_dispatch on job (pool, project, priority desc, queued_at, number)
    where status = 'queued' and dispatched_at is null and not waiting;
-- The jobs that wait for other jobs. The index job_waiting of V9 serves the time of the next delayed job.
drop index concurrently if exists job_waits_for_others;
create index concurrently job_waits_for_others on job (number) where waiting and status = 'queued';
-- For the list of jobs of a pool.
drop index concurrently if exists job_by_pool;
create index concurrently job_by_pool on job (pool, number desc);
