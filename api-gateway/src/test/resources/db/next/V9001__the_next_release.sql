-- What a next release may do while this one runs: every kind of change that docs/upgrades.md allows.
alter table job add column owner text, add column urgency integer not null default 0;
alter table job_transition add column actor text;
alter table job_event add column actor text not null default 'unknown';
alter table job_epoch add column gradient_norm double precision;
alter table outbox add column trace text, add column weight integer not null default 1;
alter table idempotency_key add column owner text;
alter table callback add column secret_name text;
alter table event_position add column note text;
alter table event_reader add column release text not null default '';
alter table model_version add column license text;
alter table model_alias add column owner text;
alter table model_alias_move add column actor text not null default '';
alter table model_route add column owner text;
alter table model_comparison add column latency double precision;
alter table prediction add column owner text;
alter table prediction_batch add column owner text;
create table team (name text primary key, job_key uuid references job (key));
create index team_by_job on team (job_key);
