package dev.trainyard.gateway.outbox;

/**
 * A record that is to be sent.
 *
 * @param value null takes the key from a compacted topic
 * @param reason for a header, of dead letters; null for none
 * @param place of a job in the queue; null for other records
 * @param tries how often Kafka refused it
 */
public record OutboxRow(long id, String topic, String key, byte[] value, String reason, String place, int tries) {
    long bytes() {
        return value == null ? 0 : value.length;
    }

    /** Rows of the same order are sent one after the other. */
    Ordered ordered() {
        return new Ordered(topic, key);
    }

    /** What rows have in common whose order counts. */
    record Ordered(String topic, String key) {}
}
