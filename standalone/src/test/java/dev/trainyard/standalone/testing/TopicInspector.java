package dev.trainyard.standalone.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic without joining a consumer group. */
public final class TopicInspector {
    private TopicInspector() {}

    /** Number of records of {@code topic} that {@code group} has not committed. */
    public static long lag(Map<String, Object> kafka, String group, String topic) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.putAll(Map.of("enable.auto.commit", false, "group.id", group));
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            return partitions.stream()
                    .mapToLong(partition -> ends.get(partition)
                            - (committed.get(partition) == null
                                    ? begins.get(partition)
                                    : committed.get(partition).offset()))
                    .sum();
        }
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    /** The first record of {@code topic} that {@code expected} accepts; empty if none comes within {@code limit}. */
    public static Optional<ConsumerRecord<byte[], byte[]>> await(
            Map<String, Object> kafka,
            String topic,
            Duration limit,
            Predicate<ConsumerRecord<byte[], byte[]>> expected) {
        long deadline = System.nanoTime() + limit.toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
            assignAll(consumer, topic);
            while (System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> next : consumer.poll(Duration.ofMillis(100))) {
                    if (expected.test(next)) {
                        return Optional.of(next);
                    }
                }
            }
            return Optional.empty();
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> kafka) {
        // a longer wait for new records would delay the close
        Map<String, Object> config = new HashMap<>(kafka);
        config.remove("group.id");
        config.putAll(Map.of("enable.auto.commit", false, "fetch.max.wait.ms", 10));
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static List<TopicPartition> assignAll(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions = partitions(consumer, topic);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return partitions;
    }

    /** All records of {@code topic}, in order within each partition. */
    public static List<ConsumerRecord<byte[], byte[]>> read(Map<String, Object> kafka, String topic) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
            List<TopicPartition> partitions = assignAll(consumer, topic);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            }
        }
        return found;
    }
}
