package dev.trainyard.gateway.deadletters;

import dev.trainyard.message.DeadLetters;
import dev.trainyard.message.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the dead-letter topics from their ends, as a member of no group. */
public final class DeadLetterBox {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long LIMIT_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int SHOWN = 1_000;

    private final Map<String, Object> kafka;

    public DeadLetterBox(Map<String, Object> kafka) {
        this.kafka = new HashMap<>(kafka);
        this.kafka.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.kafka.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.kafka.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 1_800);
        this.kafka.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 1_500);
    }

    /**
     * A record that could not be processed.
     *
     * @param sourceTopic where it was first; with partition and offset its address
     * @param key as text
     * @param text its beginning, as text
     * @param size of the whole, bytes
     */
    public record Letter(
            String topic,
            long offset,
            String reason,
            String sourceTopic,
            String sourcePartition,
            String sourceOffset,
            String worker,
            String key,
            String text,
            int size,
            Instant at) {}

    /** @throws org.apache.kafka.common.KafkaException if the broker does not answer */
    public List<Letter> newest(int limit) {
        List<TopicPartition> all = Topics.all().stream()
                .filter(spec -> Topics.isDeadLetter(spec.name()))
                .map(spec -> new TopicPartition(spec.name(), 0))
                .toList();
        List<Letter> letters = new ArrayList<>();
        try (Consumer<byte[], byte[]> reader =
                new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            reader.assign(all);
            Map<TopicPartition, Long> begins = reader.beginningOffsets(all);
            Map<TopicPartition, Long> ends = reader.endOffsets(all);
            all.forEach(one -> reader.seek(one, Math.max(begins.get(one), ends.get(one) - limit)));
            long deadline = System.nanoTime() + LIMIT_NANOS;
            while (all.stream().anyMatch(one -> reader.position(one) < ends.get(one)) && System.nanoTime() < deadline) {
                reader.poll(POLL).forEach(message -> letters.add(letter(message)));
            }
        }
        letters.sort(
                Comparator.comparing(Letter::at).thenComparing(Letter::offset).reversed());
        return letters.size() > limit ? letters.subList(0, limit) : letters;
    }

    private static Letter letter(ConsumerRecord<byte[], byte[]> message) {
        byte[] value = message.value() == null ? new byte[0] : message.value();
        return new Letter(
                message.topic(),
                message.offset(),
                header(message, DeadLetters.REASON),
                header(message, DeadLetters.SOURCE_TOPIC),
                header(message, DeadLetters.SOURCE_PARTITION),
                header(message, DeadLetters.SOURCE_OFFSET),
                header(message, DeadLetters.WORKER),
                message.key() == null ? null : new String(message.key(), StandardCharsets.UTF_8),
                new String(value, 0, Math.min(SHOWN, value.length), StandardCharsets.UTF_8),
                value.length,
                Instant.ofEpochMilli(message.timestamp()));
    }

    private static String header(ConsumerRecord<?, ?> message, String name) {
        Header header = message.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
