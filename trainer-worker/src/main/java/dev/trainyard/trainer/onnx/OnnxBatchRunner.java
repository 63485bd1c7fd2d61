package dev.trainyard.trainer.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.trainyard.dataset.ImageDataset;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs a model like a predictor, over many images in batches. */
public final class OnnxBatchRunner implements AutoCloseable {
    /** Largest batch of a predictor. */
    private static final int BATCH = 64;

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    public OnnxBatchRunner(byte[] onnx) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            session = environment.createSession(onnx, options);
        }
    }

    /**
     * Returns the outputs {@code names} for all images, each row-major, image by image.
     *
     * @param step called after each batch; an exception ends the work
     * @throws IllegalArgumentException if one of them is not a floating-point tensor
     */
    public List<float[]> of(ImageDataset images, List<String> names, Runnable step) throws OrtException {
        List<float[]> all = new ArrayList<>();
        float[] pixels = new float[BATCH * images.imageSize()];
        for (int from = 0; from < images.size(); from += BATCH) {
            int count = Math.min(BATCH, images.size() - from);
            int origin = from * images.imageSize();
            int values = count * images.imageSize();
            for (int i = 0; i < values; i++) {
                pixels[i] = (images.pixels()[origin + i] & 0xff) / 255f;
            }
            long[] shape = {count, images.depth(), images.height(), images.width()};
            try (OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(pixels, 0, values), shape);
                    OrtSession.Result result = session.run(Map.of("image", input), Set.copyOf(names))) {
                for (int i = 0; i < names.size(); i++) {
                    FloatBuffer output = floats(result, names.get(i));
                    int width = output.remaining() / count;
                    if (from == 0) {
                        all.add(new float[images.size() * width]);
                    }
                    output.get(all.get(i), from * width, count * width);
                }
            }
            step.run();
        }
        return all;
    }

    private static FloatBuffer floats(OrtSession.Result result, String name) {
        FloatBuffer values =
                result.get(name).orElseThrow() instanceof OnnxTensor tensor ? tensor.getFloatBuffer() : null;
        if (values == null) {
            throw new IllegalArgumentException("%s is not a tensor of floating-point values".formatted(name));
        }
        return values;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
