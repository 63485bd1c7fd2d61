package dev.trainyard.predictor.models;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.image.DigitImageDecoder;
import dev.trainyard.message.WireJson;
import dev.trainyard.predictor.crash.ModelIdentity;
import dev.trainyard.predictor.crash.NativeCallGuard;
import dev.trainyard.predictor.crash.Phase;
import dev.trainyard.trust.TrustEvaluator;
import dev.trainyard.trust.TrustPack;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model version: input {@code image} float32 [N,1,28,28] of 0 to 1, output {@code probabilities} float32
 * [N,classes]; with a {@link TrustPack} in its metadata also {@code logits} and {@code shape_fit} of that shape.
 */
public final class LoadedModel implements CachedModel {
    public static final int IMAGE_SIZE = DigitImageDecoder.SIDE * DigitImageDecoder.SIDE;
    private static final String INPUT = "image";
    private static final String OUTPUT = "probabilities";
    private static final float SUM_TOLERANCE = 1e-3f;
    /**
     * Estimated because ONNX Runtime does not report the memory of a session: this for graph, plans and scratch, plus
     * the file's weights times the number of copies (as read, and packed for the matrix kernels).
     */
    private static final long SESSION_BYTES = 1L << 20;

    private static final int COPIES = 2;

    private final ModelIdentity identity;
    private final NativeCallGuard calls;
    private final OrtSession session;
    private final long bytes;
    private @Nullable TrustEvaluator trust;

    private LoadedModel(ModelIdentity identity, NativeCallGuard calls, OrtSession session, long bytes) {
        this.identity = identity;
        this.calls = calls;
        this.session = session;
        this.bytes = bytes;
    }

    /**
     * Outputs of a run, each {@code count * classes} values, image by image.
     *
     * @param probabilities null if the model has a trust pack, which computes them from the logits
     * @param logits null if the model has no trust pack
     * @param shapeFit null if the model has no trust pack
     */
    public record Outputs(float @Nullable [] probabilities, float @Nullable [] logits, float @Nullable [] shapeFit) {}

    /** Loads and warms up without recording native calls. */
    public static LoadedModel load(String name, int version, byte[] onnx) throws UnusableModelException {
        ModelIdentity identity = new ModelIdentity(name, version, FileArtifactStore.sha256(onnx));
        return load(identity, onnx, NativeCallGuard.unrecorded());
    }

    /**
     * Loads and warms up.
     *
     * @param calls guard for this and all later native calls
     * @throws UnusableModelException if it is not an ONNX model of the format above
     */
    static LoadedModel load(ModelIdentity identity, byte[] onnx, NativeCallGuard calls) throws UnusableModelException {
        try (NativeCallGuard.Call call = calls.enter(Phase.LOAD, identity);
                OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            // An arena would keep the scratch memory of the largest run for the session's lifetime: 16 MB for 256
            // images.
            options.setCPUArenaAllocator(false);
            LoadedModel model = new LoadedModel(
                    identity,
                    calls,
                    OrtEnvironment.getEnvironment().createSession(onnx, options),
                    estimate(onnx.length));
            boolean usable = false;
            try {
                model.trust = model.readTrust(model.warmUp());
                usable = true;
                return model;
            } finally {
                // on any error, because session memory is not garbage collected
                if (!usable) {
                    model.session.close();
                }
            }
        } catch (RuntimeException e) {
            throw new UnusableModelException("it cannot be run: " + e, e);
        } catch (OrtException e) {
            throw new UnusableModelException("ONNX Runtime rejects it: " + e.getMessage(), e);
        }
    }

    /** Returns the number of classes. */
    private int warmUp() throws OrtException, UnusableModelException {
        if (!session.getInputNames().equals(Set.of(INPUT))
                || !session.getOutputNames().contains(OUTPUT)) {
            throw new UnusableModelException("it has inputs %s and outputs %s, expected input %s and output %s"
                    .formatted(session.getInputNames(), session.getOutputNames(), INPUT, OUTPUT));
        }
        int classes = 0;
        // Two images, so that a model with a fixed batch size of one is detected here and not by the first full batch.
        for (int images = 1; images <= 2; images++) {
            float[] probabilities = Objects.requireNonNull(
                    runSession(imageBuffer(images), images, Set.of(OUTPUT)).get(OUTPUT));
            float sum = 0;
            for (float probability : probabilities) {
                sum += probability;
            }
            if (probabilities.length % images != 0 || !(Math.abs(sum - images) <= SUM_TOLERANCE)) {
                throw new UnusableModelException("for %d blank images it returns %d values that add up to %s"
                        .formatted(images, probabilities.length, sum));
            }
            classes = probabilities.length / images;
        }
        return classes;
    }

    private @Nullable TrustEvaluator readTrust(int classes) throws OrtException, UnusableModelException {
        Optional<String> json = session.getMetadata().getCustomMetadataValue(TrustPack.ONNX_KEY);
        if (json.isEmpty()) {
            return null;
        }
        if (!session.getOutputNames().containsAll(Set.of(TrustPack.LOGITS, TrustPack.SHAPE_FIT))) {
            throw new UnusableModelException("it has a trust pack, which needs the outputs %s and %s; it gives %s"
                    .formatted(TrustPack.LOGITS, TrustPack.SHAPE_FIT, session.getOutputNames()));
        }
        try {
            TrustPack pack = WireJson.mapper().readValue(json.get(), TrustPack.class);
            if (pack == null) {
                throw new UnusableModelException("its trust pack is null");
            }
            return new TrustEvaluator(pack, classes);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new UnusableModelException("its trust pack is not readable: " + e.getMessage(), e);
        }
    }

    /** Returns a buffer for {@code images} images that {@link #run} uses without copying. */
    public static FloatBuffer imageBuffer(int images) {
        return ByteBuffer.allocateDirect(images * IMAGE_SIZE * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /** Writes {@code pixels}, 784 unsigned bytes, as image {@code index} of {@code images}. */
    public static void put(byte[] pixels, FloatBuffer images, int index) {
        int at = index * IMAGE_SIZE;
        for (int i = 0; i < IMAGE_SIZE; i++) {
            images.put(at + i, (pixels[i] & 0xff) / 255f);
        }
    }

    /**
     * Runs the model once over {@code count} images.
     *
     * @param images direct, native order, {@code count * 784} values from 0 on
     * @return {@code count * classes} probabilities, image by image
     */
    public float[] run(FloatBuffer images, int count) throws OrtException {
        return Objects.requireNonNull(run(images, count, Set.of(OUTPUT)).get(OUTPUT));
    }

    /** Runs the model once over {@code count} images like {@link #run} and returns all outputs needed for a reply. */
    public Outputs outputs(FloatBuffer images, int count) throws OrtException {
        if (trust == null) {
            return new Outputs(run(images, count), null, null);
        }
        Map<String, float[]> outputs = run(images, count, Set.of(TrustPack.LOGITS, TrustPack.SHAPE_FIT));
        return new Outputs(null, outputs.get(TrustPack.LOGITS), outputs.get(TrustPack.SHAPE_FIT));
    }

    private Map<String, float[]> run(FloatBuffer images, int count, Set<String> names) throws OrtException {
        try (NativeCallGuard.Call call = calls.enter(Phase.RUN, identity)) {
            return runSession(images, count, names);
        }
    }

    private Map<String, float[]> runSession(FloatBuffer images, int count, Set<String> names) throws OrtException {
        images.clear().limit(count * IMAGE_SIZE);
        long[] shape = {count, 1, DigitImageDecoder.SIDE, DigitImageDecoder.SIDE};
        try (OnnxTensor input = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), images, shape);
                OrtSession.Result result = session.run(Map.of(INPUT, input), names)) {
            Map<String, float[]> outputs = new HashMap<>();
            for (Map.Entry<String, OnnxValue> output : result) {
                FloatBuffer buffer = output.getValue() instanceof OnnxTensor tensor ? tensor.getFloatBuffer() : null;
                if (buffer == null) {
                    throw new OrtException("output %s is %s, expected a tensor of floats"
                            .formatted(output.getKey(), output.getValue().getInfo()));
                }
                float[] values = new float[buffer.remaining()];
                buffer.get(values);
                outputs.put(output.getKey(), values);
            }
            return outputs;
        }
    }

    /** Evaluator of its outputs; empty without trust pack. */
    public Optional<TrustEvaluator> trust() {
        return Optional.ofNullable(trust);
    }

    public String name() {
        return identity.name();
    }

    public int version() {
        return identity.version();
    }

    /** Estimated memory of a model whose file has {@code fileBytes}; see {@link #SESSION_BYTES}. */
    static long estimate(long fileBytes) {
        return SESSION_BYTES + COPIES * fileBytes;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        try (NativeCallGuard.Call call = calls.enter(Phase.RUN, identity)) {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not close a session", e);
        }
    }
}
