package dev.trainyard.trainer.variant;

import dev.trainyard.network.Activation;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import dev.trainyard.trainer.onnx.OnnxExporter;
import dev.trainyard.trainer.onnx.OnnxExporter.Weights;
import java.util.ArrayList;
import java.util.List;

/** Models that answer the same in more or less time: dense layers that change nothing before one that decides. */
public final class Dense {
    private static final int PIXELS = 784;
    private static final int CLASSES = 10;

    private Dense() {}

    /** @param sign -1 for a model that likes best what the other likes least */
    public static byte[] model(int idleLayers, float sign) {
        List<LayerSpec> layers = new ArrayList<>(List.of(new LayerSpec.Flatten()));
        List<Weights> weights = new ArrayList<>();
        for (int i = 0; i < idleLayers; i++) {
            layers.add(new LayerSpec.Dense(PIXELS, Activation.LINEAR));
            weights.add(new Weights(new long[] {PIXELS, PIXELS}, identity(), new float[PIXELS]));
        }
        layers.add(new LayerSpec.SoftmaxOutput(CLASSES));
        float[] kernel = new float[PIXELS * CLASSES];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = sign * (i * 7919 % 201 - 100) / 500f;
        }
        weights.add(new Weights(new long[] {PIXELS, CLASSES}, kernel, new float[CLASSES]));
        return OnnxExporter.export(new NetworkSpec(new ImageShape(1, 28, 28), layers), weights);
    }

    private static float[] identity() {
        float[] matrix = new float[PIXELS * PIXELS];
        for (int i = 0; i < PIXELS; i++) {
            matrix[i * PIXELS + i] = 1;
        }
        return matrix;
    }
}
