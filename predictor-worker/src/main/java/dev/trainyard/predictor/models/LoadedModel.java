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
import java.util.Optional;
import java.util.Set;

/**
 * One version of a model in memory: input {@code image} float32 [N,1,28,28] of 0 to 1, output {@code probabilities}
 * float32 [N,classes]; with a {@link TrustPack} in its metadata also {@code logits} and {@code shape_fit} of that shape.
 */
public final class LoadedModel implements CachedModel {
    public static final int IMAGE_SIZE = DigitImageDecoder.SIDE * DigitImageDecoder.SIDE;
    private static final String INPUT = "image";
    private static final String OUTPUT = "probabilities";
    private static final float SUM_TOLERANCE = 1e-3f;
    /**
     * ONNX Runtime does not say what a session takes, so it is estimated: so much for its graph, plans and scratch, and
     * the file's weights as often as they are kept (as read, and packed for the matrix kernels).
     */
    private static final long SESSION_BYTES = 1L << 20;

    private static final int COPIES = 2;

    private final ModelIdentity identity;
    private final NativeCallGuard calls;
    private final OrtSession session;
    private final long bytes;
    private TrustEvaluator trust;

    private LoadedModel(ModelIdentity identity, NativeCallGuard calls, OrtSession session, long bytes) {
        this.identity = identity;
        this.calls = calls;
        this.session = session;
        this.bytes = bytes;
    }

    /**
     * What a run gives, each {@code count * classes} values, image by image.
     *
     * @param probabilities null if the model has a trust pack, which calibrates them from the logits
     * @param logits null if the model has no trust pack
     * @param shapeFit null if the model has no trust pack
     */
    public record Outputs(float[] probabilities, float[] logits, float[] shapeFit) {}

    /** Loads and warms up, with nothing recorded of what happens in native code. */
    public static LoadedModel load(String name, int version, byte[] onnx) throws UnusableModelException {
        ModelIdentity identity = new ModelIdentity(name, version, FileArtifactStore.sha256(onnx));
        return load(identity, onnx, NativeCallGuard.unrecorded());
    }

    /**
     * Loads and warms up.
     *
     * @param calls through which this and all runs go
     * @throws UnusableModelException if it is no ONNX model of the form above
     */
    static LoadedModel load(ModelIdentity identity, byte[] onnx, NativeCallGuard calls) throws UnusableModelException {
        try (NativeCallGuard.Call call = calls.enter(Phase.LOAD, identity);
                OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            // An arena would keep the scratch of the largest run as long as the session lives: of 256 images 16 MB.
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
                // whatever was thrown: a session is memory that no collector frees
                if (!usable) {
                    model.session.close();
                }
            }
        } catch (RuntimeException e) {
            throw new UnusableModelException("it cannot be run: " + e, e);
        } catch (OrtException e) {
            throw new UnusableModelException("ONNX Runtime does not take it: " + e.getMessage(), e);
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
        // Two images, so that a model with a fixed batch of one is found out here and not by the first full batch.
        for (int images = 1; images <= 2; images++) {
            float[] probabilities =
                    outputs(imageBuffer(images), images, Set.of(OUTPUT)).get(OUTPUT);
            float sum = 0;
            for (float probability : probabilities) {
                sum += probability;
            }
            if (probabilities.length % images != 0 || !(Math.abs(sum - images) <= SUM_TOLERANCE)) {
                throw new UnusableModelException("for %d blank images it answers %d values that add up to %s"
                        .formatted(images, probabilities.length, sum));
            }
            classes = probabilities.length / images;
        }
        return classes;
    }

    private TrustEvaluator readTrust(int classes) throws OrtException, UnusableModelException {
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

    /** A buffer for {@code images} images that {@link #run} takes without copying. */
    public static FloatBuffer imageBuffer(int images) {
        return ByteBuffer.allocateDirect(images * IMAGE_SIZE * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /** Makes {@code pixels}, 784 unsigned bytes, the image number {@code index} of {@code images}. */
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
        return run(images, count, Set.of(OUTPUT)).get(OUTPUT);
    }

    /** Runs the model once over {@code count} images, as {@link #run}, for all that an answer is made of. */
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

    /** What judges its answers; empty if it has no trust pack. */
    public Optional<TrustEvaluator> trust() {
        return Optional.ofNullable(trust);
    }

    public String name() {
        return identity.name();
    }

    public int version() {
        return identity.version();
    }

    /** Memory that a model takes whose file has {@code fileBytes}: see {@link #SESSION_BYTES}. */
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
