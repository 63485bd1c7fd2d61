-- The W3C trace context of the request that submitted a job, so that the trace goes on when it is handed out. Null without
-- tracing, and in rows of gateways of the release before. One table each migration, because each waits for a lock.
alter table job add column traceparent text;
