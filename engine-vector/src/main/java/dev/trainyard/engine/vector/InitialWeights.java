package dev.trainyard.engine.vector;

import dev.trainyard.network.Activation;
import java.util.Random;

/** He's normal distribution before ReLU, and Glorot's before other activations. Biases start at zero. */
final class InitialWeights {
    private InitialWeights() {}

    /**
     * Draws a matrix of {@code inputs} rows and {@code outputs} columns at {@code at}.
     *
     * @param fanOut values that one input influences
     */
    static void draw(
            float[] values,
            int at,
            int inputs,
            int outputs,
            int stride,
            Activation activation,
            int fanOut,
            Random random) {
        double variance = activation == Activation.RELU ? 2.0 / inputs : 2.0 / (inputs + fanOut);
        double deviation = Math.sqrt(variance);
        for (int i = 0; i < inputs; i++) {
            for (int j = 0; j < outputs; j++) {
                values[at + i * stride + j] = (float) (random.nextGaussian() * deviation);
            }
        }
    }
}
