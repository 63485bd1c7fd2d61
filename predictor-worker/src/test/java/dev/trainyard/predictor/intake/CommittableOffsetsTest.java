package dev.trainyard.predictor.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class CommittableOffsetsTest {
    private static final TopicPartition ONE = new TopicPartition("t", 1);
    private static final TopicPartition TWO = new TopicPartition("t", 2);

    private final CommittableOffsets offsets = new CommittableOffsets();

    @Test
    void aBatchIsCommittableOnceItsLastReplyIsAcknowledged() {
        CommittableOffsets.Batch batch = offsets.begin(at(ONE, 5));
        Runnable first = batch.replying();
        Runnable second = batch.replying();
        first.run();
        assertThat(offsets.takeCommittable()).isEmpty();
        second.run();
        assertThat(offsets.takeCommittable()).as("more replies may come").isEmpty();

        batch.complete();

        assertThat(offsets.takeCommittable()).isEqualTo(at(ONE, 5));
        assertThat(offsets.takeCommittable()).as("each is returned once").isEmpty();
    }

    @Test
    void aBatchIsCommittableOnlyAfterTheOneBeforeIt() {
        CommittableOffsets.Batch first = offsets.begin(at(ONE, 5));
        offsets.begin(at(ONE, 9)).complete();
        assertThat(offsets.takeCommittable()).isEmpty();

        first.complete();

        assertThat(offsets.takeCommittable()).isEqualTo(at(ONE, 9));
    }

    @Test
    void eachOffsetIsTakenOnce() {
        assertThat(offsets.isEmpty()).isTrue();
        CommittableOffsets.Batch batch = offsets.begin(at(ONE, 5));
        offsets.takeCommittable();
        assertThat(offsets.isEmpty()).as("a reply is missing").isFalse();

        batch.complete();
        offsets.takeCommittable();

        assertThat(offsets.isEmpty()).isTrue();
    }

    @Test
    void offsetsAreTrackedForEachPartition() {
        offsets.begin(at(ONE, 5)).complete();
        offsets.begin(at(TWO, 3)).complete();

        assertThat(offsets.takeCommittable()).hasSize(2).containsAllEntriesOf(at(ONE, 5));
    }

    @Test
    void offsetsOfRevokedPartitionsAreNeverCommitted() {
        offsets.begin(at(ONE, 5)).complete();

        offsets.clear();

        assertThat(offsets.takeCommittable()).isEmpty();
    }

    private static Map<TopicPartition, OffsetAndMetadata> at(TopicPartition partition, long offset) {
        return Map.of(partition, new OffsetAndMetadata(offset));
    }
}
