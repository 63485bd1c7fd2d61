package dev.trainyard.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.message.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A consumer joins and leaves the trainers' group and takes partitions without processing their records. */
@Tag("full")
class QueueFaultsIT {
    private static final int COMES_AND_GOES = 20;

    @RegisterExtension
    static final PlatformExtension platform = new PlatformExtension();

    @Test
    void jobsRunOnceDespiteRebalances() throws Exception {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            keys.add(platform.submit(PlatformExtension.small(1)));
        }
        for (int i = 0; i < COMES_AND_GOES; i++) {
            joinAndLeave();
        }
        platform.awaitAllToBe("success");
        for (String key : keys) {
            assertThat(platform.client().events(key))
                    .filteredOn(event -> event.path("type").asText().equals("epoch"))
                    .hasSize(1);
            assertThat(new HashSet<>(platform.claims(key))).hasSameSizeAs(platform.claims(key));
            assertThat(platform.reasons(key)).doesNotContain("worker_lost", "run_failed");
        }
    }

    /** Joins until partitions are assigned, and leaves without a commit. */
    private static void joinAndLeave() {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                FakeTrainer.memberOfTheTrainers(platform.kafka()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(Topics.TRAIN_JOBS));
            long end = System.nanoTime() + PlatformExtension.LIMIT.toNanos();
            while (consumer.assignment().isEmpty()) {
                consumer.poll(Duration.ofMillis(50));
                assertThat(System.nanoTime()).as("the time to join").isLessThan(end);
            }
        }
    }
}
