-- Tells all gateways when the registry of models has changed, at the commit, whichever release made the change. The
-- payload is that of Notifier: the sender, here none, and the topic.
create function notify_model_change() returns trigger language plpgsql as $$
begin
    perform pg_notify('trainyard', ':models');
    return null;
end
$$;
create trigger notify_model_change after update on model_revision
    for each statement execute function notify_model_change();
