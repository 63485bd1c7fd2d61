package dev.trainyard.message;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Partitions of which this process reads no further, since their next record is of a later release. Filled by the thread
 * that reads them, read by any.
 */
public final class StoppedPartitions {
    private static final Logger LOG = LoggerFactory.getLogger(StoppedPartitions.class);

    private final Map<TopicPartition, Stop> stops = new ConcurrentHashMap<>();
    /** What the log has said already, so that a record which is met again and again is told of once. */
    private final Map<TopicPartition, Long> told = new ConcurrentHashMap<>();

    /** @param reason in a sentence for people */
    public record Stop(String topic, int partition, long offset, String reason) {
        public String text() {
            return "%s-%d offset %d: %s".formatted(topic, partition, offset, reason);
        }
    }

    /** Fetches no more of the record's partition, and puts the position back to it so that it is not committed. */
    public void stop(Consumer<?, ?> consumer, ConsumerRecord<?, ?> message, NewerVersionException newer) {
        TopicPartition partition = new TopicPartition(message.topic(), message.partition());
        consumer.pause(List.of(partition));
        consumer.seek(partition, message.offset());
        note(message, newer);
    }

    /** Keeps that the partition is read no further than {@code message}; the caller sees to it. */
    public void note(ConsumerRecord<?, ?> message, NewerVersionException newer) {
        TopicPartition partition = new TopicPartition(message.topic(), message.partition());
        Stop stop = new Stop(message.topic(), message.partition(), message.offset(), newer.getMessage());
        stops.put(partition, stop);
        Long before = told.put(partition, message.offset());
        if (before == null || before != message.offset()) {
            LOG.error("{}; the partition is not read past it: upgrade this service and start it again", stop.text());
        }
    }

    public boolean contains(TopicPartition partition) {
        return stops.containsKey(partition);
    }

    /** Only those of {@code partitions} are read by this process from now on. */
    public void retain(Collection<TopicPartition> partitions) {
        stops.keySet().retainAll(partitions);
    }

    /** The partition is read on by this process. */
    public void remove(TopicPartition partition) {
        stops.remove(partition);
    }

    public void clear() {
        stops.clear();
    }

    public int count() {
        return stops.size();
    }

    public List<Stop> list() {
        return List.copyOf(stops.values());
    }

    /** As the rest of a sentence; null where there is none. */
    public String trouble() {
        return stops.isEmpty()
                ? null
                : "is too old for "
                        + stops.values().stream().map(Stop::text).sorted().collect(Collectors.joining("; "));
    }
}
