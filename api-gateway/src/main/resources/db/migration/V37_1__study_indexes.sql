-- Not in a transaction (V37_1__study_indexes.sql.conf): jobs are written meanwhile.
drop index concurrently if exists job_by_study;
create index concurrently job_by_study on job (study, trial) where study is not null;
-- For the list of jobs, which leaves out trials.
drop index concurrently if exists job_by_project_without_trials;
create index concurrently job_by_project_without_trials on job (project, number desc) where study is null;
drop index concurrently if exists idempotency_by_study;
create index concurrently idempotency_by_study on idempotency_key (study) where study is not null;
