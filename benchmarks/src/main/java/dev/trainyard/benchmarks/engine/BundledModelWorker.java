package dev.trainyard.benchmarks.engine;

import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.message.TrainEvent;
import dev.trainyard.message.TrainJob;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.trainer.data.ShardDatasets;
import dev.trainyard.trainer.engine.dl4j.Dl4jEngine;
import dev.trainyard.trainer.onnx.OnnxGate;
import dev.trainyard.trainer.report.EventSink;
import dev.trainyard.trainer.report.RunClock;
import dev.trainyard.trainer.report.RunEvents;
import dev.trainyard.trainer.run.Heart;
import dev.trainyard.trainer.run.RunTools;
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

/** The JVM of {@link BundledModel}, with a trainer's options; its argument is the clone. */
public final class BundledModelWorker {
    private BundledModelWorker() {}

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        Path folder = BundledModel.folder(home);
        ModelMetadata before =
                WireJson.mapper().readValue(Files.readAllBytes(folder.resolve("metadata.json")), ModelMetadata.class);
        Path scratch = Files.createTempDirectory("trainyard-bundled");
        ArtifactStore artifacts = new FileArtifactStore(scratch.resolve("artifacts"));
        TrainEvent.Succeeded trained = train(home, before, scratch, artifacts);
        ModelMetadata now = WireJson.mapper().readValue(artifacts.read(trained.metadata()), ModelMetadata.class);
        Files.write(folder.resolve("model.onnx"), artifacts.read(trained.model()));
        Files.write(folder.resolve("metadata.json"), WireJson.write(ofNoJob(now)));
        System.out.printf(
                "The weights are %s; acceptance, coverage and calibration on the test split: %s%n",
                now.weightsSha256().equals(before.weightsSha256()) ? "the same as before" : "other ones than before",
                now.trust().test());
        System.exit(0); // native threads stay otherwise
    }

    private static TrainEvent.Succeeded train(Path home, ModelMetadata like, Path scratch, ArtifactStore artifacts)
            throws IOException {
        RunClock clock = RunClock.system();
        Told told = new Told();
        TrainJob job = new TrainJob(
                Versioned.CURRENT, UUID.randomUUID(), 1, like.config(), List.of(), List.of(), Instant.now());
        RunEvents events = new RunEvents(job, UUID.randomUUID(), "bundled", told, clock);
        StopSignal stop = new StopSignal();
        Duration ever = Duration.ofDays(1);
        RunTools tools = new RunTools(
                new Dl4jEngine(),
                new ShardDatasets(scratch.resolve("datasets"), Optional.of(home.resolve("data/mnist.npz"))),
                artifacts,
                new OnnxGate(),
                clock,
                Duration.ofSeconds(10));
        var outcome = new TrainingRun(
                        tools, job, events, stop, new Heart(events, told, stop, clock, ever, ever, ever, () -> {}))
                .run();
        if (told.success == null) {
            throw new IOException("the training did not succeed: " + outcome);
        }
        return told.success;
    }

    private static ModelMetadata ofNoJob(ModelMetadata m) {
        return new ModelMetadata(
                m.v(),
                m.model(),
                null,
                m.attempt(),
                m.config(),
                m.datasetSha256(),
                m.engine(),
                m.inputShape(),
                m.classes(),
                m.parameters(),
                m.metrics(),
                m.weightsSha256(),
                m.exportDifference(),
                m.createdAt(),
                m.trust(),
                m.trustMissing());
    }

    /** Prints each epoch and keeps the result. */
    private static final class Told implements EventSink {
        private TrainEvent.Succeeded success;

        @Override
        public CompletionStage<Void> send(TrainEvent event) {
            if (event.fact() instanceof TrainEvent.EpochEnded ended) {
                System.out.println(ended.metrics());
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
        public Duration silence() {
            return Duration.ZERO;
        }

        @Override
        public boolean awaitDelivered(Duration limit) {
            return true;
        }
    }
}
