-- The epoch after which a job pauses until it is promoted. Null for a job that runs to its end.
alter table job add column hold_after_epoch integer;
