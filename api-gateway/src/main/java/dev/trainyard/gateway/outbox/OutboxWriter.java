package dev.trainyard.gateway.outbox;

import dev.trainyard.message.Versioned;
import jakarta.inject.Singleton;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/** The outbox for changes of entities: writes within the active transaction, and fails without one. */
@Singleton
@Transactional(TxType.MANDATORY)
public class OutboxWriter {
    private final Jdbi jdbi;

    OutboxWriter(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    public void add(String topic, String key, Versioned message) {
        jdbi.useHandle(handle -> Outbox.add(handle, topic, key, message));
    }

    /** Adds one message per key in a batch. */
    public void addAll(String topic, Map<String, ? extends Versioned> messages) {
        jdbi.useHandle(handle -> Outbox.addAll(handle, topic, messages));
    }

    /** Adds a tombstone for {@code key} of a compacted topic. */
    public void remove(String topic, String key) {
        jdbi.useHandle(handle -> Outbox.remove(handle, topic, key));
    }
}
