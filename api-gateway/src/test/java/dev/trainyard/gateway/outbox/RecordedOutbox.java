package dev.trainyard.gateway.outbox;

import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Records what is written to the outbox of a running gateway, whose relay deletes rows as it sends them. */
public final class RecordedOutbox {
    private final Jdbi jdbi;

    /** A row; {@code value} is null for a tombstone. */
    public record Row(String key, byte[] value) {}

    private RecordedOutbox(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Starts with an empty record. */
    public static RecordedOutbox start(Jdbi jdbi) {
        jdbi.useHandle(handle -> handle.execute("""
                create table if not exists recorded_outbox (id bigint, topic text, record_key text, value bytea);
                truncate recorded_outbox;
                create or replace function record_outbox() returns trigger language plpgsql as
                $$ begin insert into recorded_outbox values (new.id, new.topic, new.record_key, new.value); return new; end $$;
                create or replace trigger record_outbox after insert on outbox for each row execute function record_outbox();
                """));
        return new RecordedOutbox(jdbi);
    }

    public void clear() {
        jdbi.useHandle(handle -> handle.execute("truncate recorded_outbox"));
    }

    /** Rows of a topic whose key starts with {@code prefix}, in order. */
    public List<Row> rows(String topic, String prefix) {
        return jdbi.withHandle(handle -> handle.createQuery("select record_key, value from recorded_outbox "
                        + "where topic = :topic and starts_with(record_key, :prefix) order by id")
                .bind("topic", topic)
                .bind("prefix", prefix)
                .map((rs, context) -> new Row(rs.getString(1), rs.getBytes(2)))
                .list());
    }
}
