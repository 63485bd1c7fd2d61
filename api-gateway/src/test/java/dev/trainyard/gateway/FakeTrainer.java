package dev.trainyard.gateway;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.artifact.testing.SampleMetadata;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.FailureCode;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainingResult;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.standalone.testing.TopicInspector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Simulates trainers on the Kafka topics. */
final class FakeTrainer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Map<String, Object> kafka;
    private final Path artifacts;
    private final KafkaProducer<byte[], byte[]> producer;

    FakeTrainer(Map<String, Object> kafka, Path artifacts) {
        this.kafka = new HashMap<>(kafka);
        this.kafka.remove("group.id");
        this.artifacts = artifacts;
        this.producer = new KafkaProducer<>(this.kafka, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** One attempt at a job, whose events are sent in sequence. */
    final class Run {
        final TrainJob job;
        final UUID token = UUID.randomUUID();
        /** File of the published model. */
        String engine = "test";

        private long sequence;
        private byte[] last;

        Run(TrainJob job) {
            this.job = job;
        }

        Run report(TrainEvent.Fact fact) throws Exception {
            TrainEvent event = new TrainEvent(
                    Versioned.CURRENT,
                    job.key(),
                    job.attempt(),
                    token,
                    sequence++,
                    "test-trainer",
                    Instant.now(),
                    fact);
            last = WireJson.write(event);
            sendEvent(job.key().toString(), last);
            return this;
        }

        /** Sends the last event again. */
        Run repeat() throws Exception {
            sendEvent(job.key().toString(), last);
            return this;
        }

        /** Sends an event with an earlier sequence number. */
        Run late(long number, TrainEvent.Fact fact) throws Exception {
            TrainEvent event = new TrainEvent(
                    Versioned.CURRENT, job.key(), job.attempt(), token, number, "test-trainer", Instant.now(), fact);
            sendEvent(job.key().toString(), WireJson.write(event));
            return this;
        }

        Run claim() throws Exception {
            return report(new TrainEvent.Claimed());
        }

        Run epoch(int epoch, double loss) throws Exception {
            return epoch(epoch, loss, loss);
        }

        Run epoch(int epoch, double loss, double validationLoss) throws Exception {
            ArtifactRef checkpoint = new FileArtifactStore(artifacts)
                    .write(ArtifactPaths.checkpoint(job.key(), job.attempt(), token, epoch), new byte[] {(byte) epoch});
            Score train = new Score(loss, 1 - loss);
            Score validation = new Score(validationLoss, 1 - validationLoss);
            return report(new TrainEvent.EpochEnded(new EpochMetrics(epoch, train, validation, 1.5), checkpoint));
        }

        Run succeed(double testAccuracy) throws Exception {
            TrainingResult result = new TrainingResult(new Score(0.1, 0.9991), new Score(0.2, testAccuracy));
            return report(new TrainEvent.Succeeded(result, model(result), metadata(result)));
        }

        Run fail(FailureCode code) throws Exception {
            return report(new TrainEvent.Failed(code, "as the test wants it"));
        }

        private ArtifactRef model(TrainingResult result) throws IOException {
            return new FileArtifactStore(artifacts)
                    .write(ArtifactPaths.model(job.key(), job.attempt(), token), new byte[] {1, 2, 3});
        }

        private ArtifactRef metadata(TrainingResult result) throws IOException {
            ModelMetadata metadata = SampleMetadata.of(job.config())
                    .jobKey(job.key())
                    .attempt(job.attempt())
                    .engine(engine)
                    .metrics(result)
                    .build();
            return new FileArtifactStore(artifacts)
                    .write(ArtifactPaths.metadata(job.key(), job.attempt(), token), WireJson.write(metadata));
        }
    }

    /** Sends {@code value}, which may be invalid, as an event of the job. */
    void sendEvent(String key, byte[] value) throws Exception {
        producer.send(new ProducerRecord<>(Topics.TRAIN_EVENTS, key.getBytes(StandardCharsets.UTF_8), value))
                .get();
    }

    /** Waits for the dispatch of {@code attempt} and returns a run of it. */
    Run take(String key, int attempt) throws Exception {
        return awaitRecord(Topics.TRAIN_JOBS, message -> {
                    TrainJob job = read(message);
                    return job.key().toString().equals(key) && job.attempt() == attempt;
                })
                .map(message -> new Run(read(message)))
                .orElseThrow(
                        () -> new AssertionError("attempt %d of job %s was never dispatched".formatted(attempt, key)));
    }

    /** Waits for a record of {@code topic}; empty if none comes in time. */
    Optional<ConsumerRecord<byte[], byte[]>> awaitRecord(
            String topic, Predicate<ConsumerRecord<byte[], byte[]>> expected) {
        return TopicInspector.await(kafka, topic, LIMIT, expected);
    }

    Run run(TrainJob job) {
        return new Run(job);
    }

    /** Waits for the first dispatches of {@code keys}. */
    Map<String, TrainJob> jobs(List<String> keys) {
        Map<String, TrainJob> found = new HashMap<>();
        boolean all = awaitRecord(Topics.TRAIN_JOBS, message -> {
                    TrainJob job = read(message);
                    found.putIfAbsent(job.key().toString(), job);
                    return found.keySet().containsAll(keys);
                })
                .isPresent();
        if (!all) {
            throw new AssertionError("only %d jobs were dispatched".formatted(found.size()));
        }
        return found;
    }

    private static TrainJob read(ConsumerRecord<byte[], byte[]> message) {
        try {
            return WireJson.read(message.value(), TrainJob.class);
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns all records of {@code topic}. */
    List<ConsumerRecord<byte[], byte[]>> all(String topic) {
        return TopicInspector.read(kafka, topic);
    }

    @Override
    public void close() {
        producer.close();
    }
}
