-- Name and version of the engine that trained the job last; null before the first report, and from older workers.
alter table job add column engine text;
