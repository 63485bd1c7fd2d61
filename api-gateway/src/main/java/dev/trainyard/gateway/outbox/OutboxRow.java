package dev.trainyard.gateway.outbox;

import org.jspecify.annotations.Nullable;

/**
 * A record to be sent.
 *
 * @param value null for a tombstone
 * @param reason header value of a dead letter; null for other records
 * @param place queue position of a job; null for other records
 * @param tries number of refusals by Kafka
 * @param traceparent of the span that wrote it; null without one
 */
public record OutboxRow(
        long id,
        String topic,
        String key,
        byte @Nullable [] value,
        @Nullable String reason,
        @Nullable String place,
        int tries,
        @Nullable String traceparent) {
    long bytes() {
        return value == null ? 0 : value.length;
    }

    /** Order group: rows of one group are sent one after the other. */
    OrderKey ordered() {
        return new OrderKey(topic, key);
    }

    /** Identifies rows that must be sent in order. */
    record OrderKey(String topic, String key) {}
}
