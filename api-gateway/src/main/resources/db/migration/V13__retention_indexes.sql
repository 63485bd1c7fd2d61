-- Deleting a job looks for what refers to it; without these indexes each deletion reads the whole table.
-- An index that an earlier try left invalid is made anew.
drop index concurrently if exists idempotency_by_job;
create index concurrently idempotency_by_job on idempotency_key (job_key);
drop index concurrently if exists callback_by_job;
create index concurrently callback_by_job on callback (job_key);
-- For jobs that ended long ago.
drop index concurrently if exists job_by_end;
create index concurrently job_by_end on job (ended_at) where ended_at is not null;
