package dev.trainyard.gateway.outbox;

import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import java.time.Duration;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Puts messages beside the change they tell of, in the same transaction. */
public final class Outbox {
    private Outbox() {}

    public static void add(Handle handle, String topic, String key, Versioned message) {
        add(handle, topic, key, message, null);
    }

    /** @param reason goes along as a header; for dead letters */
    public static void add(Handle handle, String topic, String key, Versioned message, String reason) {
        add(handle, topic, key, message, reason, null, Duration.ZERO);
    }

    /** Many messages at once, by their keys. */
    public static void addAll(Handle handle, String topic, Map<String, ? extends Versioned> messages) {
        PreparedBatch batch =
                handle.prepareBatch("insert into outbox (topic, record_key, value) values (:topic, :key, :value)");
        messages.forEach((key, message) -> batch.bind("topic", topic)
                .bind("key", key)
                .bind("value", WireJson.write(message))
                .add());
        batch.execute();
    }

    /** Takes the record of {@code key} from a compacted topic. */
    public static void remove(Handle handle, String topic, String key) {
        handle.createUpdate("insert into outbox (topic, record_key) values (:topic, :key)")
                .bind("topic", topic)
                .bind("key", key)
                .execute();
    }

    /**
     * A job for the queue.
     *
     * @param place in it, as {@link dev.trainyard.message.QueueOrder#text} says
     * @param pause before it is sent
     */
    public static void addJob(Handle handle, String key, Versioned message, String place, Duration pause) {
        add(handle, Topics.TRAIN_JOBS, key, message, null, place, pause);
    }

    private static void add(
            Handle handle, String topic, String key, Versioned message, String reason, String place, Duration pause) {
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
