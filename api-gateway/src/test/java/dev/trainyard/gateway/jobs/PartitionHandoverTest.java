package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.testing.TestPlatform;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** A partition moves to another reader while the previous one continues, on a real database and broker. */
class PartitionHandoverTest {
    private static final TopicPartition FIRST = new TopicPartition(Topics.TRAIN_EVENTS, 0);

    private final Jdbi jdbi = TestDatabase.create();
    private final Map<String, Object> kafka = TestPlatform.shared().kafka();
    private final MeterRegistry metrics = new SimpleMeterRegistry();
    private final PartitionLease before = lease();
    private final PartitionLease after = lease();
    private final CountDownLatch left = new CountDownLatch(1);

    /** Delays a gateway after its first end offsets, while the other gateway continues. */
    private final class SlowToHear extends TopicOffsets {
        private final AtomicBoolean first = new AtomicBoolean(true);
        private final KafkaProducer<byte[], byte[]> producer;

        SlowToHear(KafkaProducer<byte[], byte[]> producer) {
            super(kafka);
            this.producer = producer;
        }

        @Override
        public Map<TopicPartition, Long> ends(String topic) {
            Map<TopicPartition, Long> ends = super.ends(topic);
            if (first.getAndSet(false)) {
                send(producer);
                assertThat(before.applied(0, ends.get(FIRST) + 1)).isTrue();
                before.releaseAll();
                left.countDown();
            }
            return ends;
        }
    }

    @Test
    void eventsAppliedByThePreviousReaderAreNotReadAgain() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
                TopicOffsets lag = new SlowToHear(producer);
                TopicOffsets present = new TopicOffsets(kafka);
                DeadLetterPublisher letters = new DeadLetterPublisher(kafka, "test")) {
            send(producer);
            send(producer);
            Map<TopicPartition, Long> ends = present.ends(Topics.TRAIN_EVENTS);
            before.renew(present.topic(Topics.TRAIN_EVENTS));
            ends.forEach((partition, end) -> before.applied(partition.partition(), end));

            TrainEventConsumer consumer = new TrainEventConsumer(kafka, lag, after, applier(), letters);
            Thread reader = new Thread(consumer);
            reader.start();
            left.await();
            send(producer);
            await().until(() -> position() >= ends.get(FIRST) + 2);
            consumer.close();
            reader.join();
        }
        // the events belong to unknown jobs
        assertThat(metrics.counter("trainyard.events.dropped", "type", "Heartbeat")
                        .count())
                .isEqualTo(1);
    }

    private PartitionLease lease() {
        return new PartitionLease(jdbi, UUID.randomUUID(), Duration.ofMinutes(5));
    }

    private TrainEventApplier applier() {
        JobRules rules = new JobRules(new RetryPolicy(3, () -> 0));
        return new TrainEventApplier(
                jdbi, new TrainEventApplier.Rules(rules, Duration.ofMinutes(1)), null, () -> {}, () -> {}, metrics);
    }

    private static void send(KafkaProducer<byte[], byte[]> producer) {
        TrainEvent event = new TrainEvent(
                Versioned.CURRENT,
                UUID.randomUUID(),
                1,
                UUID.randomUUID(),
                1,
                "test-trainer",
                Instant.now(),
                new TrainEvent.Heartbeat());
        try {
            producer.send(new ProducerRecord<>(Topics.TRAIN_EVENTS, 0, null, WireJson.write(event)))
                    .get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private long position() {
        return jdbi.withHandle(
                handle -> handle.createQuery("select next_offset from event_position where partition = 0")
                        .mapTo(Long.class)
                        .one());
    }
}
