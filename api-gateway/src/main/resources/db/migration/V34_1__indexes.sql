-- For the sessions of a user, and for the stored bytes of a project: the few epochs that have a checkpoint, and the imports.
drop index concurrently if exists job_epoch_with_checkpoint;
create index concurrently job_epoch_with_checkpoint on job_epoch (job_key) where checkpoint is not null;
drop index concurrently if exists job_import_by_project;
create index concurrently job_import_by_project on job (project) where config ->> 'network' = 'imported';
drop index concurrently if exists page_session_by_subject;
create index concurrently page_session_by_subject on page_session (subject, created_at) where subject is not null;
