alter table outbox add column traceparent text;
