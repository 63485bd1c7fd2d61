package dev.trainyard.message;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Partitions that this process has stopped reading, because their next record is from a later release. Written by the
 * thread that reads them; readable by any thread.
 */
public final class StoppedPartitions {
    private static final Logger LOG = LoggerFactory.getLogger(StoppedPartitions.class);

    private final Map<TopicPartition, Stop> stops = new ConcurrentHashMap<>();
    /** Records that were logged already, so that each is logged only once. */
    private final Map<TopicPartition, Long> logged = new ConcurrentHashMap<>();

    /** @param reason as a sentence for people */
    public record Stop(String topic, int partition, long offset, String reason) {
        public String text() {
            return "%s-%d offset %d: %s".formatted(topic, partition, offset, reason);
        }
    }

    /** Stops fetching the record's partition, and seeks back to it so that it is not committed. */
    public void stop(Consumer<?, ?> consumer, ConsumerRecord<?, ?> message, NewerVersionException newer) {
        TopicPartition partition = new TopicPartition(message.topic(), message.partition());
        consumer.pause(List.of(partition));
        consumer.seek(partition, message.offset());
        markStopped(message, newer);
    }

    /** Records that the partition is not read past {@code message}; the caller must stop reading. */
    public void markStopped(ConsumerRecord<?, ?> message, NewerVersionException newer) {
        TopicPartition partition = new TopicPartition(message.topic(), message.partition());
        Stop stop =
                new Stop(message.topic(), message.partition(), message.offset(), String.valueOf(newer.getMessage()));
        stops.put(partition, stop);
        Long before = logged.put(partition, message.offset());
        if (before == null || before != message.offset()) {
            LOG.error("{}; the partition is not read past it: upgrade this service and start it again", stop.text());
        }
    }

    public boolean contains(TopicPartition partition) {
        return stops.containsKey(partition);
    }

    /** Forgets all but {@code partitions}, which are now assigned to this process. */
    public void retain(Collection<TopicPartition> partitions) {
        stops.keySet().retainAll(partitions);
    }

    /** Reading of the partition has resumed in this process. */
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

    /** Description of all stops as the rest of a sentence. */
    public @Nullable String problem() {
        return stops.isEmpty()
                ? null
                : "is too old for "
                        + stops.values().stream().map(Stop::text).sorted().collect(Collectors.joining("; "));
    }
}
