package dev.trainyard.worker;

import dev.trainyard.message.CompactedTopicReader;
import dev.trainyard.message.MalformedMessageException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Receives the records of a compacted topic whose keys are text. */
public interface KeyedListener extends CompactedTopicReader.Listener {

    void onValue(String key, byte[] value) throws MalformedMessageException;

    /** The record of {@code key} was removed at {@code time}. */
    void onRemoved(String key, Instant time) throws MalformedMessageException;

    @Override
    default void onRecord(ConsumerRecord<byte[], byte[]> message) throws MalformedMessageException {
        if (message.key() == null) {
            throw new MalformedMessageException("the record has no key");
        }
        String key = new String(message.key(), StandardCharsets.UTF_8);
        if (message.value() == null) {
            onRemoved(key, Instant.ofEpochMilli(message.timestamp()));
        } else {
            onValue(key, message.value());
        }
    }
}
