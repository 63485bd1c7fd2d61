package dev.trainyard.trainer.intake;

import static dev.trainyard.trainer.run.TrainJobs.aTrainJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.message.StoppedPartitions;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainJob;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class KafkaJobQueueTest {
    private static final TopicPartition HERE = new TopicPartition(Topics.TRAIN_JOBS, 0);
    private static final TopicPartition WITHOUT_LEADER = new TopicPartition(Topics.TRAIN_JOBS, 1);

    private final KafkaJobQueue queue =
            new KafkaJobQueue(Map.of(), List.of("train.jobs"), null, "trainer", record -> false);
    private final TrainJob job = aTrainJob().epochs(1).build();

    /** A consumer that finds no leader for a partition. */
    private static class Leaderless extends MockConsumer<byte[], byte[]> {
        Leaderless() {
            super("earliest");
        }

        @Override
        public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration limit) {
            throw new TimeoutException("no leader");
        }
    }

    /** A consumer that knows the end offset of the partition but not its beginning. */
    private static final class Positionless extends Leaderless {
        @Override
        public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration limit) {
            return Map.of(WITHOUT_LEADER, 5L);
        }

        @Override
        public long position(TopicPartition partition, Duration limit) {
            throw new TimeoutException("no leader");
        }
    }

    @Test
    void aPartitionWithoutALeaderDoesNotDelayJobsOfOtherPartitions() throws Exception {
        for (MockConsumer<byte[], byte[]> consumer : List.of(new Leaderless(), new Positionless())) {
            consumer.assign(List.of(HERE, WITHOUT_LEADER));
            QueueHeads heads = new QueueHeads(consumer, new StoppedPartitions());
            heads.add(new QueueHeads.Head(new ConsumerRecord<>(Topics.TRAIN_JOBS, 0, 0, null, new byte[0]), job));
            queue.awaitHeads(consumer, heads);
            assertThat(heads.first())
                    .hasValueSatisfying(head -> assertThat(head.job()).isSameAs(job));
        }
    }
}
