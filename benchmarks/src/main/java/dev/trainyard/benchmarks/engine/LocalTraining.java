package dev.trainyard.benchmarks.engine;

import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.engine.dl4j.Dl4jEngine;
import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.trainer.data.ShardDatasets;
import dev.trainyard.trainer.onnx.OnnxExportGate;
import dev.trainyard.trainer.report.EventSink;
import dev.trainyard.trainer.report.RunClock;
import dev.trainyard.trainer.report.RunEventReporter;
import dev.trainyard.trainer.run.Datasets;
import dev.trainyard.trainer.run.Engines;
import dev.trainyard.trainer.run.HeartbeatSender;
import dev.trainyard.trainer.run.ImportCheck;
import dev.trainyard.trainer.run.RunContext;
import dev.trainyard.trainer.run.StopSignal;
import dev.trainyard.trainer.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs a training like a trainer does, without gateway and broker. */
public final class LocalTraining {
    private LocalTraining() {}

    /** Result of the training. */
    public record Published(byte[] onnx, ModelMetadata metadata) {}

    /**
     * Trains with DL4J and prints each epoch.
     *
     * @param home the clone
     * @throws IOException if the training did not succeed
     */
    public static Published run(Path home, TrainingConfig config) throws IOException {
        ShardDatasets datasets = new ShardDatasets(
                Files.createTempDirectory("trainyard-datasets"), Optional.of(home.resolve("data/mnist.npz")));
        return run(datasets, Engines.only(new Dl4jEngine()), config, System.err::println);
    }

    /**
     * @param epochs called at the end of each epoch
     * @throws IOException if the training did not succeed
     */
    public static Published run(
            Datasets datasets, Engines engines, TrainingConfig config, Consumer<EpochMetrics> epochs)
            throws IOException {
        ArtifactStore artifacts = new FileArtifactStore(
                Files.createTempDirectory("trainyard-training").resolve("artifacts"));
        TrainEvent.Succeeded success = train(datasets, engines, artifacts, config, epochs);
        if (success.model() == null || success.metadata() == null) {
            throw new IOException("the training published no model");
        }
        return new Published(
                artifacts.read(success.model()),
                WireJson.mapper().readValue(artifacts.read(success.metadata()), ModelMetadata.class));
    }

    /**
     * Trains and writes to {@code artifacts}.
     *
     * @param epochs called at the end of each epoch
     * @throws IOException if the training did not succeed
     */
    public static TrainEvent.Succeeded train(
            Datasets datasets,
            Engines engines,
            ArtifactStore artifacts,
            TrainingConfig config,
            Consumer<EpochMetrics> epochs)
            throws IOException {
        RunClock clock = RunClock.system();
        RecordingEventSink sink = new RecordingEventSink(epochs);
        TrainJob job =
                new TrainJob(Versioned.CURRENT, UUID.randomUUID(), 1, config, List.of(), List.of(), Instant.now());
        RunEventReporter events = new RunEventReporter(job, UUID.randomUUID(), "benchmark", sink, clock);
        StopSignal stop = new StopSignal();
        Duration ever = Duration.ofDays(1);
        RunContext tools = new RunContext(
                engines, datasets, artifacts, new OnnxExportGate(), ImportCheck.NONE, clock, Duration.ofSeconds(10));
        var outcome = new TrainingRun(
                        tools,
                        job,
                        events,
                        stop,
                        new HeartbeatSender(events, sink, stop, clock, () -> 0, ever, ever, ever, () -> {}))
                .run();
        if (sink.success == null) {
            throw new IOException("the training did not succeed: " + outcome);
        }
        return sink.success;
    }

    /** Passes on each epoch and keeps the result. */
    private static final class RecordingEventSink implements EventSink {
        private final Consumer<EpochMetrics> epochs;
        private TrainEvent.@Nullable Succeeded success;

        RecordingEventSink(Consumer<EpochMetrics> epochs) {
            this.epochs = epochs;
        }

        @Override
        public CompletionStage<Void> send(TrainEvent event) {
            if (event.fact() instanceof TrainEvent.EpochEnded ended) {
                epochs.accept(ended.metrics());
            } else if (event.fact() instanceof TrainEvent.Succeeded succeeded) {
                success = succeeded;
            }
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public int unacknowledged() {
            return 0;
        }

        @Override
        public Duration timeWithoutAcknowledgement() {
            return Duration.ZERO;
        }

        @Override
        public boolean awaitDelivered(Duration limit) {
            return true;
        }
    }
}
