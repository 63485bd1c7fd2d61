-- Counts of served images of each model version by the bins of its reference histograms, in successive windows.
create table drift_window (
    id          bigint           generated always as identity primary key,
    name        text             not null,
    version     integer          not null,
    opened_at   timestamptz      not null default now(),
    updated_at  timestamptz      not null default now(),
    -- Null while images are added.
    closed_at   timestamptz,
    images      bigint           not null,
    outliers    bigint           not null,
    -- Sum of the calibrated probabilities of the predictions of accepted images.
    probability double precision not null,
    classes     bigint[]         not null,
    confidence  bigint[]         not null,
    score       bigint[]         not null,
    ink         bigint[]         not null,
    foreign key (name, version) references model_version (name, version) on delete cascade
);
create unique index drift_window_open on drift_window (name, version) where closed_at is null;
create index drift_window_by_version on drift_window (name, version, id desc);
create index drift_window_by_update on drift_window (updated_at);
