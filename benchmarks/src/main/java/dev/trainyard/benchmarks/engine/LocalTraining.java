package dev.trainyard.benchmarks.engine;

import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.engine.dl4j.Dl4jEngine;
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

/** Runs a training like a trainer does, without gateway and broker; prints each epoch. */
public final class LocalTraining {
    private LocalTraining() {}

    /** Result of the training. */
    public record Published(byte[] onnx, ModelMetadata metadata) {}

    /**
     * @param home the clone
     * @throws IOException if the training did not succeed
     */
    public static Published run(Path home, TrainingConfig config) throws IOException {
        Path scratch = Files.createTempDirectory("trainyard-training");
        ArtifactStore artifacts = new FileArtifactStore(scratch.resolve("artifacts"));
        RunClock clock = RunClock.system();
        RecordingEventSink sink = new RecordingEventSink();
        TrainJob job =
                new TrainJob(Versioned.CURRENT, UUID.randomUUID(), 1, config, List.of(), List.of(), Instant.now());
        RunEventReporter events = new RunEventReporter(job, UUID.randomUUID(), "benchmark", sink, clock);
        StopSignal stop = new StopSignal();
        Duration ever = Duration.ofDays(1);
        RunContext tools = new RunContext(
                Engines.only(new Dl4jEngine()),
                new ShardDatasets(scratch.resolve("datasets"), Optional.of(home.resolve("data/mnist.npz"))),
                artifacts,
                new OnnxExportGate(),
                ImportCheck.NONE,
                clock,
                Duration.ofSeconds(10));
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
        return new Published(
                artifacts.read(sink.success.model()),
                WireJson.mapper().readValue(artifacts.read(sink.success.metadata()), ModelMetadata.class));
    }

    /** Prints each epoch and keeps the result. */
    private static final class RecordingEventSink implements EventSink {
        private TrainEvent.Succeeded success;

        @Override
        public CompletionStage<Void> send(TrainEvent event) {
            if (event.fact() instanceof TrainEvent.EpochEnded ended) {
                System.err.println(ended.metrics());
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
