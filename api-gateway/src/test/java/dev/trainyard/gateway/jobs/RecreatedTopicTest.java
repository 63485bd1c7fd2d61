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
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Topics that are deleted and created again: positions that were stored for the earlier ones are not used. */
class RecreatedTopicTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Jdbi jdbi = TestDatabase.create();
    private final JobStore store = new JobStore(jdbi, 1_000, () -> {});
    private final JobQueries queries = new JobQueries(jdbi);
    private final JobRules rules = new JobRules(new RetryPolicy(3, () -> 0));
    private Path folder;
    private KafkaNode broker;
    private Map<String, Object> kafka;
    private TopicOffsets offsets;
    private DeadLetterPublisher letters;
    private TrainEventConsumer consumer;
    private Thread reader;

    @BeforeEach
    void start() throws Exception {
        folder = Files.createTempDirectory("trainyard-recreated");
        int port = Ports.free();
        broker = KafkaNode.start(folder, port, Ports.free());
        kafka = Map.of("bootstrap.servers", "127.0.0.1:" + port);
        TopicInstaller.install(kafka, 60);
        offsets = new TopicOffsets(kafka);
        letters = new DeadLetterPublisher(kafka, "test");
        startGateway();
    }

    private void startGateway() {
        consumer = new TrainEventConsumer(
                kafka,
                offsets,
                new PartitionLease(jdbi, UUID.randomUUID(), Duration.ofMinutes(5)),
                new TrainEventApplier(
                        jdbi,
                        new TrainEventApplier.Rules(rules, Duration.ofMinutes(1)),
                        null,
                        () -> {},
                        () -> {},
                        new SimpleMeterRegistry()),
                letters);
        reader = new Thread(consumer);
        reader.start();
    }

    private void stopGateway() throws InterruptedException {
        consumer.close();
        reader.join();
    }

    @AfterEach
    void stop() throws Exception {
        stopGateway();
        offsets.close();
        letters.close();
        broker.close();
        FileTree.delete(folder);
    }

    @Test
    void allEventsOfTheNewTopicAreAppliedWhileTheGatewayRuns() throws Exception {
        UUID job = submit();
        Run run = new Run(job).send(new TrainEvent.Claimed());
        awaitStatus(job, JobStatus.RUNNING);

        recreate(Topics.TRAIN_EVENTS);
        // more of them than the position in the topic before, which would skip the first
        for (int epoch = 1; epoch <= 5; epoch++) {
            run.send(epoch(epoch));
        }

        await().atMost(LIMIT).until(() -> epochs(job) == 5);
    }

    @Test
    void allEventsOfTheNewTopicAreAppliedByAGatewayThatStartsLater() throws Exception {
        UUID job = submit();
        Run run = new Run(job).send(new TrainEvent.Claimed()).send(epoch(1));
        await().atMost(LIMIT).until(() -> epochs(job) == 1);
        stopGateway();

        recreate(Topics.TRAIN_EVENTS);
        for (int epoch = 2; epoch <= 6; epoch++) {
            run.send(epoch(epoch));
        }
        offsets.forget(Topics.TRAIN_EVENTS); // another process knows no topic before
        startGateway();

        await().atMost(LIMIT).until(() -> epochs(job) == 6);
    }

    @Test
    void aRunIsNotLostBecauseOfThePositionInTheTopicBefore() throws Exception {
        UUID job = submit();
        Run run = new Run(job).send(new TrainEvent.Claimed()).send(epoch(1));
        await().atMost(LIMIT).until(() -> epochs(job) == 1);
        stopGateway();

        recreate(Topics.TRAIN_EVENTS);
        run.send(epoch(2)); // not applied, because no gateway reads
        offsets.forget(Topics.TRAIN_EVENTS);
        jdbi.useHandle(handle -> handle.execute("update job set lease_expires_at = now() - interval '1 s'"));

        Reaper reaper = reaper();
        assertThat(reaper.poll()).as("the event may extend the lease").isZero();
        startGateway();
        await().atMost(LIMIT).until(() -> epochs(job) == 2);
        assertThat(reaper.poll()).isZero();
        assertThat(queries.find(job).orElseThrow().status()).isEqualTo(JobStatus.RUNNING);
    }

    @Test
    void aJobWhoseRecordWentWithItsTopicIsHandedOutAgain() throws Exception {
        UUID job = submit();
        jdbi.useHandle(handle -> handle.execute(
                "update job set dispatched_at = now() - interval '1 h', updated_at = now() - interval '1 h'"));
        jdbi.useHandle(handle -> handle.execute("delete from outbox"));
        try (KafkaProducer<String, byte[]> producer = producer()) {
            for (int partition = 0; partition < offsets.ends(Topics.TRAIN_JOBS).size(); partition++) {
                producer.send(new ProducerRecord<>(Topics.TRAIN_JOBS, partition, "any", new byte[0]))
                        .get();
            }
        }
        Reaper reaper = reaper();
        assertThat(reaper.poll()).as("its record is there").isZero();

        recreate(Topics.TRAIN_JOBS);
        offsets.forget(Topics.TRAIN_JOBS);

        await().atMost(LIMIT).until(() -> reaper.poll() == 1);
        assertThat(queries.find(job).orElseThrow().status()).isEqualTo(JobStatus.QUEUED);
    }

    private Reaper reaper() {
        return new Reaper(
                jdbi,
                offsets,
                new EventOffsets(jdbi),
                rules,
                new Reaper.Limits(Duration.ofSeconds(1), Duration.ZERO),
                Fence.NONE,
                () -> {},
                new SimpleMeterRegistry());
    }

    private void recreate(String topic) throws Exception {
        try (Admin admin = Admin.create(kafka)) {
            admin.deleteTopics(List.of(topic)).all().get();
            while (admin.listTopics().names().get().contains(topic)) {
                Thread.onSpinWait(); // the broker learns of it later than the controller
            }
        }
        TopicInstaller.install(kafka, 60);
    }

    private KafkaProducer<String, byte[]> producer() {
        return new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer());
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
            try (KafkaProducer<String, byte[]> producer = producer()) {
                producer.send(new ProducerRecord<>(Topics.TRAIN_EVENTS, key.toString(), WireJson.write(event)))
                        .get();
            }
            return this;
        }
    }

    private static TrainEvent.EpochEnded epoch(int number) {
        Score score = new Score(0.5, 0.5);
        return new TrainEvent.EpochEnded(new EpochMetrics(number, score, score, 1), null);
    }

    private UUID submit() {
        return ((JobStore.Stored) store.submit(new JobStore.NewJob(TestConfigs.mlp(32, 9), null, null, null))).key();
    }

    private int epochs(UUID key) {
        return queries.find(key).orElseThrow().history().size();
    }

    private void awaitStatus(UUID key, JobStatus status) {
        await().atMost(LIMIT).until(() -> queries.find(key).orElseThrow().status() == status);
    }
}
