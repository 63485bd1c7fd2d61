package dev.trainyard.gateway.outbox;

import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import java.time.Duration;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** Writes messages in the same transaction as the change that they announce. */
public final class Outbox {
    private Outbox() {}

    public static void add(Handle handle, String topic, String key, Versioned message) {
        add(handle, topic, key, message, null);
    }

    /** @param reason header value of a dead letter */
    public static void add(Handle handle, String topic, String key, Versioned message, @Nullable String reason) {
        add(handle, topic, key, message, reason, null, Duration.ZERO);
    }

    /** Adds one message per key in a batch. */
    public static void addAll(Handle handle, String topic, Map<String, ? extends Versioned> messages) {
        PreparedBatch batch =
                handle.prepareBatch("insert into outbox (topic, record_key, value) values (:topic, :key, :value)");
        messages.forEach((key, message) -> batch.bind("topic", topic)
                .bind("key", key)
                .bind("value", WireJson.write(message))
                .add());
        batch.execute();
    }

    /** Adds a tombstone for {@code key} of a compacted topic. */
    public static void remove(Handle handle, String topic, String key) {
        handle.createUpdate("insert into outbox (topic, record_key) values (:topic, :key)")
                .bind("topic", topic)
                .bind("key", key)
                .execute();
    }

    /**
     * Adds the dispatch of a job.
     *
     * @param place queue position in the format of {@link dev.trainyard.message.QueueOrder#text}
     * @param pause delay before it is sent
     */
    public static void addJob(Handle handle, String key, Versioned message, String place, Duration pause) {
        add(handle, Topics.TRAIN_JOBS, key, message, null, place, pause);
    }

    private static void add(
            Handle handle,
            String topic,
            String key,
            Versioned message,
            @Nullable String reason,
            @Nullable String place,
            Duration pause) {
        handle.createUpdate("insert into outbox (topic, record_key, value, reason, place, not_before) "
                        + "values (:topic, :key, :value, :reason, :place, now() + :pause * interval '1 ms')")
                .bind("topic", topic)
                .bind("key", key)
                .bind("value", WireJson.write(message))
                .bind("reason", reason)
                .bind("place", place)
                .bind("pause", pause.toMillis())
                .execute();
    }
}
