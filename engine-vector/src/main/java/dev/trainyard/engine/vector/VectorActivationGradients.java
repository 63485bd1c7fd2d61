package dev.trainyard.engine.vector;

import static dev.trainyard.engine.vector.ScalarActivations.LEAK;
import static dev.trainyard.engine.vector.ScalarActivations.SELU_ALPHA;
import static dev.trainyard.engine.vector.ScalarActivations.SELU_GAMMA;
import static jdk.incubator.vector.VectorOperators.GT;

import dev.trainyard.network.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@code d · f'(x)} on vectors, from {@code y = f(x)}. */
final class VectorActivationGradients {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final int LANES = Kernels.LANES;

    private VectorActivationGradients() {}

    static void apply(Activation f, float[] d, float[] y, int length) {
        switch (f) {
            case RELU -> relu(d, y, length);
            case TANH -> tanh(d, y, length);
            case SIGMOID -> sigmoid(d, y, length);
            case ELU -> exponential(d, y, length, 1, 1);
            case SELU -> exponential(d, y, length, SELU_GAMMA, SELU_GAMMA * SELU_ALPHA);
            case LEAKY_RELU -> leaky(d, y, length);
            case SOFTPLUS -> softplus(d, y, length);
            case SOFTSIGN -> softsign(d, y, length);
            case LINEAR -> {
                // unchanged
            }
        }
    }

    private static void relu(float[] d, float[] y, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector g = FloatVector.fromArray(S, d, i);
            FloatVector.zero(S)
                    .blend(g, FloatVector.fromArray(S, y, i).compare(GT, 0f))
                    .intoArray(d, i);
        }
    }

    private static void tanh(float[] d, float[] y, int length) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, y, i);
            FloatVector.fromArray(S, d, i).mul(zero.sub(v).fma(v, one)).intoArray(d, i);
        }
    }

    private static void sigmoid(float[] d, float[] y, int length) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, y, i);
            FloatVector.fromArray(S, d, i).mul(v.mul(one.sub(v))).intoArray(d, i);
        }
    }

    private static void exponential(float[] d, float[] y, int length, float above, float below) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, y, i);
            FloatVector g = FloatVector.fromArray(S, d, i);
            g.mul(v.add(below)).blend(g.mul(above), v.compare(GT, 0f)).intoArray(d, i);
        }
    }

    private static void leaky(float[] d, float[] y, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector g = FloatVector.fromArray(S, d, i);
            g.mul(LEAK).blend(g, FloatVector.fromArray(S, y, i).compare(GT, 0f)).intoArray(d, i);
        }
    }

    private static void softplus(float[] d, float[] y, int length) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = 0; i < length; i += LANES) {
            FloatVector e = VectorActivations.exp(zero.sub(FloatVector.fromArray(S, y, i)));
            FloatVector.fromArray(S, d, i).mul(one.sub(e)).intoArray(d, i);
        }
    }

    private static void softsign(float[] d, float[] y, int length) {
        FloatVector one = FloatVector.broadcast(S, 1f);
        for (int i = 0; i < length; i += LANES) {
            FloatVector rest = one.sub(FloatVector.fromArray(S, y, i).abs());
            FloatVector.fromArray(S, d, i).mul(rest.mul(rest)).intoArray(d, i);
        }
    }
}
