-- For lists of jobs by what they train, by what they published and by when they were submitted.
create index job_by_network on job ((config ->> 'network'), number desc);
create index job_by_model on job ((config ->> 'model'), number desc);
create index job_by_model_version on job (model_version, number desc) where model_version is not null;
create index job_by_creation on job (created_at);
