package dev.trainyard.predictor.intake;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Tracks offsets that may be committed: those of batches whose replies were acknowledged by the broker, in order.
 * Requests of a crashed predictor are thus processed by another.
 */
final class CommittableOffsets {
    private final Deque<Batch> batches = new ArrayDeque<>();

    /** Requests of one poll; replies may be acknowledged by any thread. */
    static final class Batch {
        private final Map<TopicPartition, OffsetAndMetadata> next;
        private final AtomicInteger open = new AtomicInteger(1);

        private Batch(Map<TopicPartition, OffsetAndMetadata> next) {
            this.next = next;
        }

        /** Registers a pending reply; the returned task must run when the broker has it or it has failed. */
        Runnable replying() {
            open.incrementAndGet();
            return open::decrementAndGet;
        }

        /** Marks the batch as complete: all of its replies are registered. */
        void complete() {
            open.decrementAndGet();
        }
    }

    /** Returns true if nothing is left to commit. */
    boolean isEmpty() {
        return batches.isEmpty();
    }

    /** Begins a batch that ends at the positions {@code next}. */
    Batch begin(Map<TopicPartition, OffsetAndMetadata> next) {
        Batch batch = new Batch(next);
        batches.add(batch);
        return batch;
    }

    /** Returns the positions before the first incomplete batch; each is returned once. */
    Map<TopicPartition, OffsetAndMetadata> takeCommittable() {
        Map<TopicPartition, OffsetAndMetadata> answered = new HashMap<>();
        while (!batches.isEmpty() && batches.peek().open.get() == 0) {
            answered.putAll(batches.remove().next);
        }
        return answered;
    }

    /** Discards all positions after a rebalance, because other members may own the partitions. */
    void clear() {
        batches.clear();
    }
}
