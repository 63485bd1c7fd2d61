package dev.trainyard.engine.vector;

import dev.trainyard.engine.onnx.OnnxExporter;
import java.util.Random;

/** A layer with arrays for the most samples that are computed at once. */
abstract class Layer {
    /** Most samples at once: larger batches are summed up part by part, which keeps all arrays in the caches. */
    static final int MOST_SAMPLES = 32;

    final Layout in;
    final Layout out;
    final float[] output;
    /** Gradient of the loss with respect to the input; empty if it is not needed. */
    float[] inputGradient = new float[0];

    Layer(Layout in, Layout out) {
        this.in = in;
        this.out = out;
        this.output = out.array(MOST_SAMPLES);
    }

    /** Makes the layer compute the gradient of its input. */
    void needInputGradient() {
        inputGradient = in.array(MOST_SAMPLES);
    }

    final boolean needsInputGradient() {
        return inputGradient.length > 0;
    }

    /** Computes the output of {@code samples} samples. */
    abstract void forward(float[] input, int samples);

    /**
     * Adds to the gradients of the parameters and computes that of the input, after {@link #forward} of the same input.
     * Changes {@code gradient}, which belongs to the output.
     */
    abstract void backward(float[] input, float[] gradient, int samples);

    /** A layer with weights and biases. */
    abstract static class Weighted extends Layer {
        Weighted(Layout in, Layout out) {
            super(in, out);
        }

        /** Draws new weights. */
        abstract void initialize(Random random);

        /** Weights and biases in the order of the exporter. */
        abstract OnnxExporter.Weights weights();
    }
}
