package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.trainyard.artifact.FileTree;
import dev.trainyard.gateway.TestDatabase;
import dev.trainyard.gateway.runtime.Fence;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.Score;
import dev.trainyard.message.DeadLetterPublisher;
import dev.trainyard.message.TopicInstaller;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.kafka.KafkaNode;
import dev.trainyard.standalone.platform.Ports;
import dev.trainyard.standalone.testing.TopicInspector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An event of a later release stops only its partition. Uses a separate broker, because the stop is permanent. */
class StoppedEventsTest {
    private static final int PARTITIONS = 6;

    private final Jdbi jdbi = TestDatabase.create();
    private final JobStore store = new JobStore(jdbi, 1_000, () -> {});
    private final JobQueries queries = new JobQueries(jdbi);
    private final JobRules rules = new JobRules(new RetryPolicy(3, () -> 0));
    private final PartitionLease lease = new PartitionLease(jdbi, UUID.randomUUID(), Duration.ofMinutes(5));
    private Path folder;
    private KafkaNode broker;
    private Map<String, Object> kafka;
    private KafkaProducer<String, byte[]> producer;
    private TopicOffsets lag;
    private DeadLetterPublisher letters;
    private TrainEventConsumer consumer;
    private Thread reader;

    @BeforeEach
    void start() throws Exception {
        folder = Files.createTempDirectory("trainyard-stopped");
        int port = Ports.free();
        broker = KafkaNode.start(folder, port, Ports.free());
        kafka = Map.of("bootstrap.servers", "127.0.0.1:" + port);
        TopicInstaller.install(kafka, 60);
        producer = new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer());
        lag = new TopicOffsets(kafka);
        letters = new DeadLetterPublisher(kafka, "test");
        TrainEventApplier applier = new TrainEventApplier(
                jdbi,
                new TrainEventApplier.Rules(rules, Duration.ofMinutes(1)),
                null,
                () -> {},
                () -> {},
                new SimpleMeterRegistry());
        consumer = new TrainEventConsumer(kafka, lag, lease, applier, letters);
        reader = new Thread(consumer);
        reader.start();
    }

    @AfterEach
    void stop() throws Exception {
        consumer.close();
        reader.join();
        producer.close();
        lag.close();
        letters.close();
        broker.close();
        FileTree.delete(folder);
    }

    @Test
    void aStoppedPartitionDelaysOnlyItsOwnJobs() throws Exception {
        UUID stands = submit();
        UUID goesOn = submit();
        while (partition(goesOn) == partition(stands)) {
            goesOn = submit();
        }
        Run first = new Run(stands).send(new TrainEvent.Claimed());
        Run other = new Run(goesOn).send(new TrainEvent.Claimed());
        awaitStatus(stands, JobStatus.RUNNING);
        awaitStatus(goesOn, JobStatus.RUNNING);
        send(stands, "{\"v\":3,\"key\":\"%s\"}".formatted(stands).getBytes(StandardCharsets.UTF_8));
        first.send(epoch());
        other.send(epoch());

        UUID moved = goesOn;
        await().atMost(Duration.ofSeconds(30))
                .until(() -> queries.find(moved).orElseThrow().history().size() == 1);
        await().atMost(Duration.ofSeconds(30)).until(() -> consumer.stopped().count() == 1);
        assertThat(queries.find(stands).orElseThrow().history()).isEmpty();
        assertThat(consumer.stopped().list().get(0).text())
                .contains("train.events-%d offset 1".formatted(partition(stands)), "TrainEvent of version 3");
        await().untilAsserted(() -> assertThat(stoppedReason(stands)).contains("reads versions 1 to 2"));
        assertThat(jdbi.<Long, RuntimeException>withHandle(handle -> handle.createQuery(
                                "select next_offset from event_position where partition = :partition")
                        .bind("partition", partition(stands))
                        .mapTo(Long.class)
                        .one()))
                .isEqualTo(1);
        // the broker may have lost the first commits of a new group, but never has an offset beyond the applied one
        assertThat(TopicInspector.lag(kafka, Topics.GATEWAY_EVENTS_GROUP, Topics.TRAIN_EVENTS))
                .isGreaterThanOrEqualTo(2);
        assertThat(TopicInspector.read(kafka, Topics.deadLetter(Topics.TRAIN_EVENTS)))
                .isEmpty();

        // the events of this run are unread, so only the other run is considered lost
        jdbi.useHandle(handle -> handle.execute(
                "update job set lease_expires_at = now() - interval '1 s' " + "where status = 'training_in_progress'"));
        Reaper reaper = new Reaper(
                jdbi,
                lag,
                new EventOffsets(jdbi),
                rules,
                new Reaper.Limits(Duration.ofMinutes(10), Duration.ZERO),
                Fence.NONE,
                () -> {},
                new SimpleMeterRegistry());
        assertThat(reaper.poll()).isOne();
        assertThat(status(goesOn)).isEqualTo(JobStatus.QUEUED);
        assertThat(status(stands)).isEqualTo(JobStatus.RUNNING);
    }

    @Test
    void theNextGatewayGetsTheStoppedPartitionFirst() throws Exception {
        UUID stands = submit();
        send(stands, "{\"v\":3}".getBytes(StandardCharsets.UTF_8));
        await().atMost(Duration.ofSeconds(30)).until(() -> consumer.stopped().count() == 1);
        PartitionLease next = new PartitionLease(jdbi, UUID.randomUUID(), Duration.ofMinutes(5));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> next.renew(lag.topic(Topics.TRAIN_EVENTS)).containsKey(partition(stands)));
        await().atMost(Duration.ofSeconds(30)).until(() -> consumer.stopped().count() == 0);
        assertThat(next.applied(partition(stands), 1)).isTrue();
        assertThat(stoppedReason(stands)).isNull();
    }

    @Test
    void aDeletedEventUnblocksItsPartition() throws Exception {
        UUID stands = submit();
        send(stands, "{\"v\":3}".getBytes(StandardCharsets.UTF_8));
        await().atMost(Duration.ofSeconds(30)).until(() -> stoppedReason(stands) != null);
        try (Admin admin = Admin.create(kafka)) {
            admin.deleteRecords(Map.of(
                            new TopicPartition(Topics.TRAIN_EVENTS, partition(stands)),
                            RecordsToDelete.beforeOffset(1)))
                    .all()
                    .get();
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> stoppedReason(stands) == null);
        await().atMost(Duration.ofSeconds(30)).until(() -> consumer.stopped().count() == 0);
        new Run(stands).send(new TrainEvent.Claimed());
        awaitStatus(stands, JobStatus.RUNNING);
    }

    /** Events of one run, numbered. */
    private final class Run {
        private final UUID key;
        private final UUID token = UUID.randomUUID();
        private long sequence;

        Run(UUID key) {
            this.key = key;
        }

        Run send(TrainEvent.Fact fact) throws Exception {
            TrainEvent event =
                    new TrainEvent(Versioned.CURRENT, key, 1, token, sequence++, "test-trainer", Instant.now(), fact);
            StoppedEventsTest.this.send(key, WireJson.write(event));
            return this;
        }
    }

    private static TrainEvent.EpochEnded epoch() {
        Score score = new Score(0.5, 0.5);
        return new TrainEvent.EpochEnded(new EpochMetrics(1, score, score, 1), null);
    }

    private void send(UUID key, byte[] value) throws Exception {
        producer.send(new ProducerRecord<>(Topics.TRAIN_EVENTS, key.toString(), value))
                .get();
    }

    private UUID submit() {
        return ((JobStore.Stored) store.submit(new JobStore.NewJob(TestConfigs.mlp(32, 1), null, null, null))).key();
    }

    private void awaitStatus(UUID key, JobStatus status) {
        await().atMost(Duration.ofSeconds(30)).until(() -> status(key) == status);
    }

    private JobStatus status(UUID key) {
        return queries.find(key).orElseThrow().status();
    }

    private static int partition(UUID key) {
        return EventOffsets.partition(key, PARTITIONS);
    }

    private String stoppedReason(UUID key) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select stopped_reason from event_position where partition = :partition")
                        .bind("partition", partition(key))
                        .mapTo(String.class)
                        .findOne()
                        .orElse(null));
    }
}
