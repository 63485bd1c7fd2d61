package dev.trainyard.trainer.onnx;

import ai.onnxruntime.OrtException;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.BatchListener;
import dev.trainyard.engine.TrainedModel;
import dev.trainyard.job.Score;
import dev.trainyard.trust.TrustEvaluator;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A model that exists only as an ONNX file in the format that predictors serve. */
public final class ServedOnnx implements TrainedModel {
    /** Images between two progress reports. */
    private static final int BATCH = 256;
    /** Keeps the loss finite. */
    private static final double SMALLEST = 1e-38;

    private final byte[] onnx;
    private final long parameters;
    private final String weightsSha256;
    private final OnnxBatchRunner outputs;

    /**
     * @param parameters number of weights
     * @param weightsSha256 SHA-256 of the source file
     */
    public ServedOnnx(byte[] onnx, long parameters, String weightsSha256) throws OrtException {
        this.onnx = onnx;
        this.parameters = parameters;
        this.weightsSha256 = weightsSha256;
        this.outputs = new OnnxBatchRunner(onnx);
    }

    @Override
    public long parameters() {
        return parameters;
    }

    @Override
    public Score evaluate(ImageDataset images, BatchListener listener) {
        double losses = 0;
        int right = 0;
        for (int from = 0; from < images.size(); from += BATCH) {
            int[] some =
                    IntStream.range(from, Math.min(images.size(), from + BATCH)).toArray();
            float[][] rows = probabilities(images.select(some));
            for (int row = 0; row < rows.length; row++) {
                int label = images.labels()[from + row];
                losses -= Math.log(Math.max(SMALLEST, rows[row][label]));
                right += TrustEvaluator.largest(rows[row], 0, rows[row].length) == label ? 1 : 0;
            }
            listener.onBatch(from + rows.length, losses / (from + rows.length));
        }
        return new Score(losses / images.size(), (double) right / images.size());
    }

    @Override
    public float[][] probabilities(ImageDataset images) {
        float[] flat;
        try {
            flat = outputs.of(images, List.of("probabilities"), () -> {}).get(0);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime can no longer run the model", e);
        }
        int classes = flat.length / images.size();
        float[][] rows = new float[images.size()][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = Arrays.copyOfRange(flat, row * classes, (row + 1) * classes);
        }
        return rows;
    }

    @Override
    public byte[] exportOnnx() {
        return onnx;
    }

    @Override
    public String weightsSha256() {
        return weightsSha256;
    }

    @Override
    public void close() {
        try {
            outputs.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not close a session", e);
        }
    }
}
