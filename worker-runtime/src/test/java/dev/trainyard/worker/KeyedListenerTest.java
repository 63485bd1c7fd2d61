package dev.trainyard.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.message.MalformedMessageException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class KeyedListenerTest {
    private final List<String> received = new ArrayList<>();
    private final KeyedListener listener = new KeyedListener() {
        @Override
        public void onValue(String key, byte[] value) {
            received.add(key + "=" + new String(value, StandardCharsets.UTF_8));
        }

        @Override
        public void onRemoved(String key, Instant time) {
            received.add(key + " removed at " + time);
        }
    };

    @Test
    void valuesAndRemovalsArriveWithTheirKey() throws Exception {
        listener.onRecord(message("a", "1"));
        listener.onRecord(message("a", null));

        assertThat(received).containsExactly("a=1", "a removed at 1970-01-01T00:00:05Z");
    }

    @Test
    void aRecordWithoutKeyIsMalformed() {
        assertThatThrownBy(() -> listener.onRecord(message(null, "1"))).isInstanceOf(MalformedMessageException.class);
        assertThat(received).isEmpty();
    }

    private static ConsumerRecord<byte[], byte[]> message(String key, String value) {
        return new ConsumerRecord<>(
                "topic",
                0,
                0,
                5_000,
                TimestampType.CREATE_TIME,
                0,
                0,
                bytes(key),
                bytes(value),
                new RecordHeaders(),
                Optional.empty());
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
