package dev.trainyard.gateway.outbox;

import dev.trainyard.message.QueueOrder;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.tracing.TraceParent;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** Writes messages in the same transaction as the change that they announce. */
public final class Outbox {
    private Outbox() {}

    public static void add(Handle handle, String topic, String key, Versioned message) {
        add(handle, topic, key, message, null);
    }

    /** @param reason header value of a dead letter */
    public static void add(Handle handle, String topic, String key, Versioned message, @Nullable String reason) {
        insert(handle, topic, key, message)
                .bind("reason", reason)
                .bind("place", (String) null)
                .bind("traceparent", TraceParent.current())
                .execute();
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
     * Adds the dispatch of a job, in the trace of its submit.
     *
     * @param key of the job
     * @param topic the topic of the job's pool
     * @param place order in which trainers take the jobs that were handed out
     */
    public static void addJob(Handle handle, String topic, String key, Versioned message, QueueOrder place) {
        String submit = handle.createQuery("select traceparent from job where key = cast(:key as uuid)")
                .bind("key", key)
                .mapTo(String.class)
                .findOne()
                .orElse(null);
        insert(handle, topic, key, message)
                .bind("reason", (String) null)
                .bind("place", place.text())
                .bind("traceparent", submit)
                .execute();
    }

    private static Update insert(Handle handle, String topic, String key, Versioned message) {
        return handle.createUpdate("insert into outbox (topic, record_key, value, reason, place, traceparent) "
                        + "values (:topic, :key, :value, :reason, :place, :traceparent)")
                .bind("topic", topic)
                .bind("key", key)
                .bind("value", WireJson.write(message));
    }
}
