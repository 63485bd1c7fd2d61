package dev.trainyard.predictor.intake;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Which offsets may be committed: those of batches whose replies the broker has, in order. A predictor that dies thus
 * leaves no request unanswered that another could still answer in time.
 */
final class CommittableOffsets {
    private final Deque<Batch> batches = new ArrayDeque<>();

    /** One poll's requests; replies are acknowledged from any thread. */
    static final class Batch {
        private final Map<TopicPartition, OffsetAndMetadata> next;
        private final AtomicInteger open = new AtomicInteger(1);

        private Batch(Map<TopicPartition, OffsetAndMetadata> next) {
            this.next = next;
        }

        /** A reply is on its way; the task is to be run when the broker has it or never will. */
        Runnable replying() {
            open.incrementAndGet();
            return open::decrementAndGet;
        }

        /** All replies of the batch are on their way. */
        void complete() {
            open.decrementAndGet();
        }
    }

    /** Begins a batch after which {@code next} are the positions. */
    Batch begin(Map<TopicPartition, OffsetAndMetadata> next) {
        Batch batch = new Batch(next);
        batches.add(batch);
        return batch;
    }

    /** Positions up to the first batch that is not answered; each is returned once. */
    Map<TopicPartition, OffsetAndMetadata> takeCommittable() {
        Map<TopicPartition, OffsetAndMetadata> answered = new HashMap<>();
        while (!batches.isEmpty() && batches.peek().open.get() == 0) {
            answered.putAll(batches.remove().next);
        }
        return answered;
    }

    /** Other members may own the partitions by now; their positions are no longer this one's to commit. */
    void clear() {
        batches.clear();
    }
}
