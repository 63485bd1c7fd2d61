package dev.trainyard.predictor;

import dev.trainyard.artifact.ArtifactRef;
import dev.trainyard.artifact.ArtifactStore;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.message.MalformedMessageException;
import dev.trainyard.message.ModelActivation;
import dev.trainyard.message.ModelVersion;
import dev.trainyard.message.Topics;
import dev.trainyard.message.Versioned;
import dev.trainyard.message.WireJson;
import dev.trainyard.predictor.crash.NativeCallGuard;
import dev.trainyard.predictor.crash.QuarantinedModels;
import dev.trainyard.predictor.models.ProductionModelUpdater;
import dev.trainyard.predictor.models.ServedModels;
import dev.trainyard.predictor.models.VersionTopicListener;
import dev.trainyard.predictor.runtime.PredictorMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Served models with files in memory; tests publish records directly. */
public final class TestModels implements ArtifactStore, AutoCloseable {
    /** Names preloaded in tests; others are loaded on demand. */
    public static final Set<String> PRELOADED = Set.of("M", "A", "B", "T", "Nine", "Other", "DigitModel");

    public final QuarantinedModels quarantine;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final ProductionModelUpdater updates;
    private final VersionTopicListener records;
    private final Thread loader;
    public final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    public final ServedModels served;

    public TestModels() {
        this(256L << 20, Clock.systemUTC());
    }

    /** @param memory that all models may take, bytes */
    public TestModels(long memory, Clock clock) {
        PredictorMetrics metrics = new PredictorMetrics(meters);
        quarantine = new QuarantinedModels(clock);
        served = new ServedModels(memory, PRELOADED, this, quarantine, NativeCallGuard.unrecorded(), clock, metrics);
        updates = new ProductionModelUpdater(served, clock, metrics);
        records = new VersionTopicListener(served);
        loader = new Thread(served.loader(), "loader");
        loader.setDaemon(true);
        loader.start();
    }

    /** Puts a version in production and loads it. */
    public void activate(String name, int version, byte[] onnx) {
        updates.activate(
                new ModelActivation(Versioned.CURRENT, 0, name, version, keep(name, version, onnx), Instant.EPOCH));
        updates.load(Duration.ZERO);
    }

    /** Puts a version in production that has an optimised variant. */
    public void activate(String name, int version, byte[] onnx, byte[] variant) {
        updates.activate(new ModelActivation(
                Versioned.CURRENT,
                0L,
                name,
                version,
                keep(name, version, onnx),
                write(ModelVersion.key(name, version) + ".int8", variant),
                Instant.EPOCH));
        updates.load(Duration.ZERO);
    }

    /** Puts a version in production whose file is missing. */
    public void activateLost(String name, int version, byte[] onnx) {
        ArtifactRef lost = keep(name, version, onnx);
        loseFile(name, version);
        updates.activate(new ModelActivation(Versioned.CURRENT, 0, name, version, lost, Instant.EPOCH));
        updates.load(Duration.ZERO);
    }

    /** Removes the model from production. */
    public void deactivate(String name) {
        updates.remove(name);
    }

    /** Registers a version. */
    public void offer(String name, int version, byte[] onnx) {
        say(name, version, keep(name, version, onnx), false);
        records.onCaughtUp(Duration.ZERO);
    }

    /** Registers a version with an alias, which is loaded once the topic is read completely. */
    public void sayWarm(String name, int version, byte[] onnx) {
        say(name, version, keep(name, version, onnx), true);
    }

    public void reachEndOfTopic() {
        records.onCaughtUp(Duration.ZERO);
    }

    /** Deletes a version. */
    public void withdraw(String name, int version) {
        say(name, version, null, false);
    }

    /** Deletes the file. */
    public void loseFile(String name, int version) {
        files.remove(ModelVersion.key(name, version));
    }

    private void say(String name, int version, ArtifactRef onnx, boolean warm) {
        byte[] value = onnx == null
                ? null
                : WireJson.write(new ModelVersion(Versioned.CURRENT, name, version, onnx, warm, Instant.EPOCH));
        byte[] key = ModelVersion.key(name, version).getBytes(StandardCharsets.UTF_8);
        try {
            records.onRecord(new ConsumerRecord<>(Topics.MODEL_VERSIONS, 0, 0, key, value));
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }

    private ArtifactRef keep(String name, int version, byte[] onnx) {
        return write(ModelVersion.key(name, version), onnx);
    }

    @Override
    public ArtifactRef write(String path, byte[] bytes) {
        files.put(path, bytes);
        return new ArtifactRef(path, FileArtifactStore.sha256(bytes), bytes.length);
    }

    @Override
    public byte[] read(ArtifactRef ref) throws IOException {
        byte[] bytes = files.get(ref.path());
        if (bytes == null) {
            throw new NoSuchFileException(ref.path());
        }
        return bytes;
    }

    @Override
    public void delete(String path) {
        files.remove(path);
    }

    @Override
    public void close() throws InterruptedException {
        served.close();
        loader.join();
    }
}
