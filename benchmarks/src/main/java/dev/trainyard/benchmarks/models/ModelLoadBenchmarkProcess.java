package dev.trainyard.benchmarks.models;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.benchmarks.engine.BundledModel;
import dev.trainyard.benchmarks.report.Table;
import dev.trainyard.message.ModelVersion;
import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.predictor.crash.NativeCallGuard;
import dev.trainyard.predictor.crash.QuarantinedModels;
import dev.trainyard.predictor.models.LoadedModel;
import dev.trainyard.predictor.models.ModelLookup;
import dev.trainyard.predictor.models.ServedModels;
import dev.trainyard.predictor.models.VersionTopicListener;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Main class of the JVM that {@link ModelLoadBenchmark} starts. Argument: the clone. */
public final class ModelLoadBenchmarkProcess {
    private static final Path STATUS = Path.of("/proc/self/status");
    /** Cache size for four models of the bundled model's size. */
    private static final long MEMORY = 8L << 20;

    private static final int WARM_UP = 200;
    private static final int LOADS = 1_000;
    /** Divides both numbers of loads, so that the models in memory at both measurements have run equally often. */
    private static final int IMAGES = 50;

    private final byte[] onnx;
    private final ServedModels models;
    private final VersionTopicListener records;
    private final FloatBuffer images = LoadedModel.imageBuffer(IMAGES);
    private final List<Double> loadMillis = new ArrayList<>();
    private int version;

    private ModelLoadBenchmarkProcess(byte[] onnx, SimpleMeterRegistry meters) {
        this.onnx = onnx;
        this.models = new ServedModels(
                MEMORY,
                Set.of(),
                new OneFile(onnx),
                new QuarantinedModels(Clock.systemUTC()),
                NativeCallGuard.unrecorded(),
                Clock.systemUTC(),
                new PredictorMetrics(meters));
        this.records = new VersionTopicListener(models);
    }

    public static void main(String[] args) throws Exception {
        byte[] onnx = Files.readAllBytes(BundledModel.folder(Path.of(args[0])).resolve("model.onnx"));
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        ModelLoadBenchmarkProcess worker = new ModelLoadBenchmarkProcess(onnx, meters);
        Thread loader = new Thread(worker.models.loader(), "loader");
        loader.setDaemon(true);
        loader.start();
        worker.load(WARM_UP);
        long before = residentKilobytes();
        worker.loadMillis.clear();
        worker.load(LOADS);
        long after = residentKilobytes();
        Table.row(
                Table.format("predictor: resident memory over %,d loads and unloads", LOADS),
                Table.format("%,d kB; a load %.1f ms", after, Table.median(worker.loadMillis)),
                Table.format("%,d kB after the first %d", before, WARM_UP),
                Table.format("%+.2f %%", 100.0 * (after - before) / before),
                "< 2 %");
        System.exit(0);
    }

    private void load(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            offer(++version);
            long started = System.nanoTime();
            ModelLookup found = models.find("M", version);
            while (found instanceof ModelLookup.Loading loading) {
                loading.settled().join();
                found = models.find("M", version);
            }
            loadMillis.add((System.nanoTime() - started) / 1e6);
            try (ModelLookup.Ready ready = (ModelLookup.Ready) found) {
                ready.model().outputs(images, 1 + i % IMAGES);
            }
        }
    }

    private void offer(int number) throws Exception {
        ArtifactRef ref = new ArtifactRef("m", FileArtifactStore.sha256(onnx), onnx.length);
        byte[] key = ModelVersion.key("M", number).getBytes(StandardCharsets.UTF_8);
        byte[] value = WireJson.write(new ModelVersion(Versioned.CURRENT, "M", number, ref, false, Instant.EPOCH));
        records.onRecord(new ConsumerRecord<>(Topics.MODEL_VERSIONS, 0, 0, key, value));
    }

    /** Resident memory in kB after a collection, so that native memory held by garbage does not count as growth. */
    private static long residentKilobytes() throws IOException {
        System.gc();
        String resident = Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(resident.replaceAll("[^0-9]", ""));
    }

    /** Returns the same file for every path. */
    private record OneFile(byte[] bytes) implements ArtifactStore {
        @Override
        public ArtifactRef write(String path, byte[] written) {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] read(ArtifactRef ref) {
            return bytes;
        }

        @Override
        public void delete(String path) {
            throw new UnsupportedOperationException();
        }
    }
}
