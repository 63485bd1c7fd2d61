package dev.trainyard.trainer.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.SharedWork;
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
     * @param step called after batches; an exception ends the work
     * @throws IllegalArgumentException if one of them is not a floating-point tensor
     */
    public List<float[]> of(ImageDataset images, List<String> names, Runnable step) throws OrtException {
        int batches = (images.size() + BATCH - 1) / BATCH;
        if (batches == 0) {
            return List.of();
        }
        List<float[]> all = new ArrayList<>();
        float[] pixels = new float[BATCH * images.imageSize()];
        run(images, 0, pixels, names, all);
        step.run();
        List<SharedWork.Worker<OrtException>> workers = new ArrayList<>();
        for (int i = 0; i < SharedWork.threads(); i++) {
            float[] own = i == 0 ? pixels : new float[pixels.length];
            workers.add(part -> run(images, part + 1, own, names, all));
        }
        SharedWork.run(batches - 1, workers, taken -> step.run());
        return all;
    }

    /** @param all is filled by the first batch, which knows how long each output is */
    private void run(ImageDataset images, int batch, float[] pixels, List<String> names, List<float[]> all)
            throws OrtException {
        int from = batch * BATCH;
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
                if (batch == 0) {
                    all.add(new float[images.size() * width]);
                }
                output.get(all.get(i), from * width, count * width);
            }
        }
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
