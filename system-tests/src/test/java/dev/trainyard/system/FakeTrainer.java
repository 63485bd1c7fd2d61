package dev.trainyard.system;

import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.artifact.testing.SampleMetadata;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainingResult;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.Topics;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A consumer in the trainers' group that reports the events that the test chooses. */
final class FakeTrainer implements AutoCloseable {
    private final FileArtifactStore artifacts;
    private final KafkaConsumer<byte[], byte[]> queue;
    private final KafkaProducer<byte[], byte[]> producer;

    FakeTrainer(Map<String, Object> kafka, Path artifacts) {
        this.artifacts = new FileArtifactStore(artifacts);
        this.queue = new KafkaConsumer<>(
                memberOfTheTrainers(kafka), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        this.producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        queue.subscribe(List.of(Topics.TRAIN_JOBS));
    }

    /** Consumer configuration that is compatible with the trainers' group. */
    static Map<String, Object> memberOfTheTrainers(Map<String, Object> kafka) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, Topics.TRAINERS_GROUP);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, RoundRobinAssignor.class.getName());
        return config;
    }

    /** Takes the next {@code count} jobs from the queue. */
    List<TrainJob> take(int count) throws MalformedMessageException {
        List<TrainJob> jobs = new ArrayList<>();
        long end = System.nanoTime() + PlatformExtension.LIMIT.toNanos();
        while (jobs.size() < count) {
            if (System.nanoTime() > end) {
                throw new AssertionError("only %d of %d jobs were on the queue".formatted(jobs.size(), count));
            }
            for (ConsumerRecord<byte[], byte[]> message : queue.poll(Duration.ofMillis(100))) {
                jobs.add(WireJson.read(message.value(), TrainJob.class));
            }
            queue.commitSync();
        }
        return jobs;
    }

    /** Starts a run of {@code job} and reports its first epoch. */
    Run claim(TrainJob job) throws InterruptedException, ExecutionException {
        Run run = new Run(job, UUID.randomUUID());
        run.report(new TrainEvent.Claimed());
        Score score = new Score(0.5, 0.9);
        run.report(new TrainEvent.EpochEnded(new EpochMetrics(1, score, score, 1), null));
        return run;
    }

    /** One attempt; numbers its events in the order in which they are reported. */
    final class Run {
        private final TrainJob job;
        private final UUID token;
        private long sequence;

        private Run(TrainJob job, UUID token) {
            this.job = job;
            this.token = token;
        }

        String key() {
            return job.key().toString();
        }

        /** Returns once the broker has acknowledged the event. */
        void report(TrainEvent.Fact fact) throws InterruptedException, ExecutionException {
            TrainEvent event = new TrainEvent(
                    Versioned.CURRENT,
                    job.key(),
                    job.attempt(),
                    token,
                    sequence++,
                    "fake-trainer",
                    Instant.now(),
                    fact);
            byte[] key = key().getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(Topics.TRAIN_EVENTS, key, WireJson.write(event)))
                    .get();
        }

        /** Writes a model and its metadata, and returns the event that reports them. */
        TrainEvent.Succeeded success() throws IOException {
            TrainingResult result = new TrainingResult(new Score(0.1, 0.99), new Score(0.2, 0.98));
            ArtifactRef model =
                    artifacts.write(ArtifactPaths.model(job.key(), job.attempt(), token), new byte[] {1, 2, 3});
            ModelMetadata metadata = SampleMetadata.of(job.config())
                    .jobKey(job.key())
                    .attempt(job.attempt())
                    .metrics(result)
                    .build();
            return new TrainEvent.Succeeded(
                    result,
                    model,
                    artifacts.write(ArtifactPaths.metadata(job.key(), job.attempt(), token), WireJson.write(metadata)));
        }
    }

    @Override
    public void close() {
        queue.close();
        producer.close();
    }
}
