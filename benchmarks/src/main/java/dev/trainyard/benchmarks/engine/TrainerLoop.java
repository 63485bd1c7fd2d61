package dev.trainyard.benchmarks.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.dl4j.Dl4jEngine;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.job.TrainingConfigReader;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import dev.trainyard.trainer.onnx.OnnxExportGate;
import dev.trainyard.trainer.report.EventSink;
import dev.trainyard.trainer.report.KafkaEventSink;
import dev.trainyard.trainer.report.RunClock;
import dev.trainyard.trainer.report.RunEventReporter;
import dev.trainyard.trainer.run.Engines;
import dev.trainyard.trainer.run.HeartbeatSender;
import dev.trainyard.trainer.run.ImportCheck;
import dev.trainyard.trainer.run.RunContext;
import dev.trainyard.trainer.run.StopSignal;
import dev.trainyard.trainer.run.TrainingData;
import dev.trainyard.trainer.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs a training like a trainer does: data feed, events to a real broker, heartbeats, a checkpoint after each epoch.
 */
final class TrainerLoop implements AutoCloseable {
    private final RunClock clock = RunClock.system();
    private final KafkaEventSink kafka;
    private final ImageDataset images;
    private final Path artifacts;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    TrainerLoop(String bootstrapServers, ImageDataset images, Path artifacts) {
        this.kafka = new KafkaEventSink(Map.of("bootstrap.servers", bootstrapServers), clock);
        this.images = images;
        this.artifacts = artifacts;
    }

    /**
     * Trains one warm-up epoch and {@code epochs} more; returns samples per second of the latter, checkpoints included.
     */
    double run(int batchSize, int epochs) throws IOException {
        EpochTimer sink = new EpochTimer();
        TrainJob job = new TrainJob(
                Versioned.CURRENT,
                UUID.randomUUID(),
                1,
                config(batchSize, epochs + 1),
                List.of(),
                List.of(),
                Instant.now());
        RunEventReporter events = new RunEventReporter(job, UUID.randomUUID(), "benchmark", sink, clock);
        StopSignal stop = new StopSignal();
        HeartbeatSender heart = new HeartbeatSender(
                events,
                sink,
                stop,
                clock,
                () -> 0,
                Duration.ofSeconds(5),
                Duration.ofSeconds(45),
                Duration.ofSeconds(60),
                () -> {});
        RunContext tools = new RunContext(
                Engines.only(new Dl4jEngine()),
                name -> new TrainingData(images, images, 10, "benchmark"),
                new FileArtifactStore(artifacts),
                new OnnxExportGate(),
                ImportCheck.NONE,
                clock,
                Duration.ofSeconds(1));
        var beating = timer.scheduleWithFixedDelay(heart::tick, 1, 1, TimeUnit.SECONDS);
        var outcome = new TrainingRun(tools, job, events, stop, heart).run();
        beating.cancel(false);
        if (sink.ends.size() != epochs + 1) {
            throw new IOException("the run did not finish: " + outcome);
        }
        double seconds = (sink.ends.get(epochs) - sink.ends.get(0)) / 1e9;
        return (double) images.size() * epochs / seconds;
    }

    private static TrainingConfig config(int batchSize, int epochs) throws IOException {
        String json = """
                {"dataset":"MnistDataset","model":"DigitModel","network":"lenet5","save_weights":false,
                 "train_args":{"batch_size":%d,"epochs":%d,"validation_split":0}}""".formatted(batchSize, epochs);
        return ((TrainingConfigReader.Valid) TrainingConfigReader.read(new ObjectMapper().readTree(json))).config();
    }

    /** Forwards events to Kafka and records the end of each epoch. */
    private final class EpochTimer implements EventSink {
        private final List<Long> ends = new ArrayList<>();

        @Override
        public CompletionStage<Void> send(TrainEvent event) {
            if (event.fact() instanceof TrainEvent.EpochEnded) {
                ends.add(System.nanoTime());
            }
            return kafka.send(event);
        }

        @Override
        public int unacknowledged() {
            return kafka.unacknowledged();
        }

        @Override
        public Duration timeWithoutAcknowledgement() {
            return kafka.timeWithoutAcknowledgement();
        }

        @Override
        public boolean awaitDelivered(Duration limit) throws InterruptedException {
            return kafka.awaitDelivered(limit);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        kafka.close();
    }
}
