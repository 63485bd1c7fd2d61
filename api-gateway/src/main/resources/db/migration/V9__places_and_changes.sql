-- For a waiting job's place in the queue, and for what changed of late.
create index job_waiting on job (queued_at, number) where status = 'queued';
create index job_by_update on job (updated_at);

-- What estimates of other jobs are learnt from; samples_per_second is of the run under way alone.
alter table job
    add column pace double precision;
