package dev.trainyard.trainer.onnx;

import ai.onnxruntime.OrtException;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.ExportGate;
import dev.trainyard.engine.TrainedModel;

/** Compares the exported file in ONNX Runtime with the engine. */
public final class OnnxExportGate implements ExportGate {
    @Override
    public double difference(byte[] onnx, TrainedModel run, ImageDataset images) throws OrtException {
        try (ServedOnnx served = new ServedOnnx(onnx, 0, "")) {
            return difference(run.probabilities(images), served.probabilities(images));
        }
    }

    /** Largest absolute difference of any value; NaN if there is a NaN. */
    public static double difference(float[][] expected, float[][] actual) {
        double largest = 0;
        for (int row = 0; row < expected.length; row++) {
            for (int i = 0; i < expected[row].length; i++) {
                double difference = Math.abs(expected[row][i] - actual[row][i]);
                // comparisons with NaN are false, so it is handled separately
                largest = Double.isNaN(difference) ? Double.NaN : Math.max(largest, difference);
            }
        }
        return largest;
    }
}
