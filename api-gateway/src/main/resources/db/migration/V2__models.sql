create table model_version (
    name          text        not null,
    version       integer     not null check (version >= 1),
    -- Null for a model that came with the platform. Unique: one job publishes once, whatever is delivered twice.
    job_key       uuid unique references job (key),
    onnx          jsonb       not null,
    metadata      jsonb       not null,
    test_accuracy double precision not null,
    created_at    timestamptz not null default now(),
    primary key (name, version)
);

create table active_model (
    name         text primary key,
    version      integer     not null,
    activated_at timestamptz not null default now(),
    foreign key (name, version) references model_version (name, version)
);
