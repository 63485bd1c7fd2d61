drop index concurrently if exists job_by_owner;
create index concurrently job_by_owner on job (owner, number desc) where owner is not null;
