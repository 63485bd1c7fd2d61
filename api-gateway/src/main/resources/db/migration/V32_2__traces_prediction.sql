alter table prediction add column traceparent text;
