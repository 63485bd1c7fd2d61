package dev.trainyard.engine.vector;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Drops values at random in training and scales the others by 1/(1-rate). */
final class DropoutLayer extends Layer {
    private final Kernels kernels;
    private final double rate;
    private final float scale;
    private final float[] factors;

    DropoutLayer(Kernels kernels, Layout in, double rate) {
        super(in, in);
        this.kernels = kernels;
        this.rate = rate;
        this.scale = (float) (1 / (1 - rate));
        this.factors = in.array(MOST_SAMPLES);
    }

    /** Draws the values to drop of the next {@code samples} samples. */
    void draw(SplittableRandom random, int samples) {
        // two draws of each 64 random bits
        int threshold = (int) (Integer.MIN_VALUE + Math.round(rate * 0x1p32));
        int length = samples * in.stride();
        for (int i = 0; i < length; i += 2) {
            long bits = random.nextLong();
            factors[i] = (int) bits < threshold ? 0 : scale;
            factors[i + 1] = (int) (bits >>> 32) < threshold ? 0 : scale;
        }
    }

    /** Draws nothing: all values pass. */
    void passAll(int samples) {
        Arrays.fill(factors, 0, samples * in.stride(), 1);
    }

    @Override
    void forward(float[] input, int samples) {
        kernels.multiplyEach(input, factors, output, samples * in.stride());
    }

    @Override
    void backward(float[] input, float[] gradient, int samples) {
        if (needsInputGradient()) {
            kernels.multiplyEach(gradient, factors, inputGradient, samples * in.stride());
        }
    }
}
