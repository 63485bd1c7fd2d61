package dev.trainyard.trainer.intake;

import dev.trainyard.message.NewerVersionException;
import dev.trainyard.message.QueueOrder;
import dev.trainyard.message.StoppedPartitions;
import dev.trainyard.message.TrainJob;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The first waiting job of each partition that is assigned to this trainer. The broker keeps order only within a
 * partition, so the next job is the first among these.
 */
final class QueueHeads implements ConsumerRebalanceListener {
    private final Consumer<byte[], byte[]> consumer;
    private final StoppedPartitions stopped;
    private final Map<TopicPartition, Head> heads = new HashMap<>();
    /** Partitions whose first record this release cannot read. */
    private final Set<TopicPartition> blocked = new HashSet<>();

    /** A job and its record. */
    record Head(ConsumerRecord<byte[], byte[]> message, TrainJob job) {
        TopicPartition partition() {
            return new TopicPartition(message.topic(), message.partition());
        }

        /** Gateways of an earlier release do not write the place; the broker's timestamp is close to it. */
        QueueOrder place() {
            return QueueOrder.of(message.headers()).orElseGet(() -> new QueueOrder(message.timestamp() * 1_000, 0));
        }
    }

    QueueHeads(Consumer<byte[], byte[]> consumer, StoppedPartitions stopped) {
        this.consumer = consumer;
        this.stopped = stopped;
    }

    /** Stores {@code head}, and pauses its partition until {@link #done}. */
    void add(Head head) {
        heads.put(head.partition(), head);
        consumer.pause(List.of(head.partition()));
    }

    /** Stops reading the partition of {@code message} without committing it. */
    void block(ConsumerRecord<byte[], byte[]> message, NewerVersionException newer) {
        stopped.stop(consumer, message, newer);
        blocked.add(new TopicPartition(message.topic(), message.partition()));
    }

    /** Resumes the partition after {@code message}, whose offset is committed. */
    void done(ConsumerRecord<byte[], byte[]> message) {
        TopicPartition partition = new TopicPartition(message.topic(), message.partition());
        heads.remove(partition);
        if (consumer.assignment().contains(partition)) {
            consumer.seek(partition, message.offset() + 1);
            consumer.resume(List.of(partition));
        }
    }

    boolean isEmpty() {
        return heads.isEmpty();
    }

    boolean isBlocked() {
        return !blocked.isEmpty();
    }

    /** The job that was queued first. */
    Optional<Head> first() {
        return heads.values().stream().min((a, b) -> a.place().compareTo(b.place()));
    }

    /** Partitions whose first record was not read yet. */
    Set<TopicPartition> unknown() {
        Set<TopicPartition> unknown = new HashSet<>(consumer.assignment());
        unknown.removeAll(heads.keySet());
        unknown.removeAll(blocked);
        return unknown;
    }

    /**
     * Returns whether each partition in {@code ends} was read up to that offset or has a head. Revoked partitions count
     * as read.
     */
    boolean know(Map<TopicPartition, Long> ends, Duration limit) {
        Set<TopicPartition> open = unknown();
        return ends.entrySet().stream()
                .filter(end -> open.contains(end.getKey()))
                .allMatch(end -> consumer.position(end.getKey(), limit) >= end.getValue());
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        stopped.clear(); // stopped partitions are detected again if they are still assigned
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        heads.keySet().removeAll(partitions);
        blocked.removeAll(partitions);
    }
}
