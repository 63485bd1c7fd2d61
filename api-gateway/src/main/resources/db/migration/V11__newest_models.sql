-- The newest of all models first, as lists of them give it.
create index model_version_newest on model_version (created_at desc, name, version desc);
