package dev.trainyard.benchmarks.storage;

import dev.trainyard.artifact.ArtifactBackend;
import dev.trainyard.artifact.ArtifactPaths;
import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.s3.S3ArtifactStore;
import dev.trainyard.artifact.s3.S3Location;
import dev.trainyard.artifact.s3.S3MockServer;
import dev.trainyard.artifact.s3.S3Options;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.vector.VectorEngine;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.message.WireJson;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.NetworkSpec;
import dev.trainyard.network.Networks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Measures the steps of a run that store a checkpoint and a model, in S3 and in files, which take turns. */
final class StorageBenchmarkProcess {
    private static final int ROUNDS = 60;
    private static final int WARM_UP = 20;
    private static final int IMAGE_SIZE = 28;
    private static final int CLASSES = 10;
    private static final int ATTEMPTS = 10;
    private static final int MULTIPART_ABOVE = 16 << 20;
    private static final int PART = 8 << 20;

    private StorageBenchmarkProcess() {}

    /** A step of a run. */
    private interface Step {
        void run(ArtifactBackend store, UUID job) throws IOException;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        System.setProperty("aws.accessKeyId", "benchmark");
        System.setProperty("aws.secretAccessKey", "benchmark");
        Path folder = Files.createTempDirectory("trainyard-storage");
        NetworkSpec spec = Networks.spec(
                "lenet5", WireJson.mapper().createObjectNode(), new ImageShape(1, IMAGE_SIZE, IMAGE_SIZE), CLASSES);
        TrainArgs training = new TrainArgs(32, 1, 0.001, Optimizer.ADAM, 1, 0);
        try (EngineRun run = new VectorEngine().start(spec, training);
                S3MockServer server = S3MockServer.start(folder.resolve("s3"));
                ArtifactBackend s3 = s3(server, folder);
                ArtifactBackend files = new FileArtifactStore(folder.resolve("files"))) {
            byte[] checkpoint = run.checkpoint();
            compare(
                    Table.format(
                            "checkpoint lenet5, %,d KB: state of the engine to stored bytes", kilobytes(checkpoint)),
                    s3,
                    files,
                    (store, job) -> store.write(ArtifactPaths.checkpoint(job, 1, job, 1), run.checkpoint()));
            byte[] onnx = run.exportOnnx();
            byte[] metadata = new byte[8 << 10];
            compare(
                    Table.format(
                            "publish lenet5: export, store model (%,d KB), metadata and pictures, check them",
                            kilobytes(onnx)),
                    s3,
                    files,
                    (store, job) -> publish(store, job, run.exportOnnx(), metadata));
        }
    }

    private static long kilobytes(byte[] bytes) {
        return bytes.length / 1000;
    }

    private static ArtifactBackend s3(S3MockServer server, Path folder) {
        Duration limit = Duration.ofSeconds(30);
        S3Options options = new S3Options(
                Optional.of(server.endpoint()),
                Optional.empty(),
                true,
                limit,
                limit,
                limit,
                ATTEMPTS,
                MULTIPART_ABOVE,
                PART);
        return new S3ArtifactStore(
                new S3Location(S3MockServer.BUCKET, "benchmark/"),
                options,
                Optional.of(folder.resolve("copies")),
                1 << 20);
    }

    /** What the trainer stores, and what the gateway reads before it publishes. */
    private static void publish(ArtifactBackend store, UUID job, byte[] onnx, byte[] metadata) throws IOException {
        store.write(ArtifactPaths.mistakes(job, 1, job), metadata);
        ArtifactRef model = store.write(ArtifactPaths.model(job, 1, job), onnx);
        ArtifactRef described = store.write(ArtifactPaths.metadata(job, 1, job), metadata);
        store.read(model);
        store.read(described);
    }

    private static void compare(String what, ArtifactBackend s3, ArtifactBackend files, Step step) throws IOException {
        List<Double> inS3 = new ArrayList<>();
        List<Double> inFiles = new ArrayList<>();
        for (int round = 0; round < WARM_UP + ROUNDS; round++) {
            double first = milliseconds(s3, step);
            double second = milliseconds(files, step);
            if (round >= WARM_UP) {
                inS3.add(first);
                inFiles.add(second);
            }
        }
        double ours = Table.median(inS3);
        double reference = Table.median(inFiles);
        Table.row(
                what + ", S3 and files",
                Table.format("%.1f ms", ours),
                Table.format("%.1f ms", reference),
                Table.format("%.2f", ours / reference),
                "≤ 1.5");
    }

    private static double milliseconds(ArtifactBackend store, Step step) throws IOException {
        UUID job = UUID.randomUUID();
        long started = System.nanoTime();
        step.run(store, job);
        return (System.nanoTime() - started) / 1e6;
    }
}
