package dev.trainyard.trainer.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.trainer.engine.TrainedModel;
import dev.trainyard.trainer.run.ModelGate;
import java.nio.FloatBuffer;
import java.util.Map;

/** Runs the exported file in ONNX Runtime, as a predictor does, and compares. */
public final class OnnxGate implements ModelGate {
    @Override
    public double difference(byte[] onnx, TrainedModel run, ImageDataset images) throws OrtException {
        float[][] expected = run.probabilities(images);
        float[][] actual = probabilities(onnx, images);
        double largest = 0;
        for (int row = 0; row < expected.length; row++) {
            for (int i = 0; i < expected[row].length; i++) {
                double difference = Math.abs(expected[row][i] - actual[row][i]);
                // NaN must not be lost in a comparison
                largest = Double.isNaN(difference) ? Double.NaN : Math.max(largest, difference);
            }
        }
        return largest;
    }

    private static float[][] probabilities(byte[] onnx, ImageDataset images) throws OrtException {
        FloatBuffer pixels = FloatBuffer.allocate(images.pixels().length);
        for (byte pixel : images.pixels()) {
            pixels.put((pixel & 0xff) / 255f);
        }
        long[] shape = {images.size(), images.depth(), images.height(), images.width()};
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            try (OrtSession session = environment.createSession(onnx, options);
                    OnnxTensor input = OnnxTensor.createTensor(environment, pixels.flip(), shape);
                    OrtSession.Result result = session.run(Map.of("image", input))) {
                return (float[][]) result.get("probabilities").orElseThrow().getValue();
            }
        }
    }
}
