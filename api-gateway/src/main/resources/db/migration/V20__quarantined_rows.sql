-- Not in a transaction (V20__quarantined_rows.sql.conf): the table is written to meanwhile. A gateway that was stopped
-- while it did this leaves an index that is not valid, so it begins anew.
drop index concurrently if exists outbox_quarantined;
create index concurrently outbox_quarantined on outbox (id) where quarantined_at is not null;
