package dev.trainyard.trainer.variant;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.trust.TrustPack;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** A loaded variant, run like in a predictor: one thread, pixels in a direct buffer. */
final class LoadedVariant implements AutoCloseable {
    private static final String PROBABILITIES = "probabilities";

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final Set<String> wanted;

    /** @param judged true if the model has a trust pack, so that predictors request its outputs */
    LoadedVariant(ModelVariant variant, boolean judged) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setOptimizationLevel(variant.level());
            // same as in predictors; otherwise variants with many allocations would appear faster than they are
            options.setCPUArenaAllocator(false);
            session = environment.createSession(variant.onnx(), options);
        }
        wanted = judged ? Set.of(TrustPack.LOGITS, TrustPack.SHAPE_FIT) : Set.of(PROBABILITIES);
    }

    /**
     * Runs the model and returns the outputs used by predictors, by name, row-major.
     *
     * @param pixels result of {@link #pixels}, at least {@code count} images
     */
    Map<String, float[]> run(FloatBuffer pixels, ImageDataset images, int count) throws OrtException {
        pixels.clear().limit(count * images.imageSize());
        long[] shape = {count, images.depth(), images.height(), images.width()};
        try (OnnxTensor input = OnnxTensor.createTensor(environment, pixels, shape);
                OrtSession.Result result = session.run(Map.of("image", input), wanted)) {
            Map<String, float[]> outputs = new HashMap<>();
            for (Map.Entry<String, OnnxValue> output : result) {
                FloatBuffer buffer = ((OnnxTensor) output.getValue()).getFloatBuffer();
                float[] values = new float[buffer.remaining()];
                buffer.get(values);
                outputs.put(output.getKey(), values);
            }
            return outputs;
        }
    }

    /** Images from {@code from} on, with pixels 0 to 1. */
    static FloatBuffer pixels(ImageDataset images, int from, int count) {
        int size = images.imageSize();
        FloatBuffer pixels = ByteBuffer.allocateDirect(count * size * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        for (int i = 0; i < count * size; i++) {
            pixels.put(i, (images.pixels()[from * size + i] & 0xff) / 255f);
        }
        return pixels;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not close a session", e);
        }
    }
}
