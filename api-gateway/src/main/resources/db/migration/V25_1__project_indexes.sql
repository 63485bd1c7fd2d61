-- Not in a transaction (V25_1__project_indexes.sql.conf): the tables are written to meanwhile. A gateway that was stopped
-- while it did this leaves indexes that are not valid, so it begins anew.
drop index concurrently if exists job_by_project;
create index concurrently job_by_project on job (project, number desc);
drop index concurrently if exists model_version_by_project;
create index concurrently model_version_by_project on model_version (project, created_at desc, name, version desc);
