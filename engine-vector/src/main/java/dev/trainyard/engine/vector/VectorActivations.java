package dev.trainyard.engine.vector;

import static dev.trainyard.engine.vector.ScalarActivations.*;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.trainyard.network.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Activation functions and their gradients on vectors. One loop each, so that each compiles on its own. */
final class VectorActivations {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final int LANES = Kernels.LANES;

    private VectorActivations() {}

    static void activate(Activation f, float[] x, int length) {
        switch (f) {
            case RELU -> relu(x, length);
            case TANH -> tanh(x, length);
            case SIGMOID -> sigmoid(x, length);
            case ELU -> exponential(x, length, 1, 1);
            case SELU -> exponential(x, length, SELU_GAMMA, SELU_GAMMA * SELU_ALPHA);
            case LEAKY_RELU -> leaky(x, length);
            case SOFTPLUS -> softplus(x, length);
            case SOFTSIGN -> softsign(x, length);
            case LINEAR -> {
                // unchanged
            }
        }
    }

    private static void relu(float[] x, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, i);
            v.blend(0f, v.compare(LT, 0f)).intoArray(x, i);
        }
    }

    private static void tanh(float[] x, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, i);
            FloatVector z = v.mul(v);
            FloatVector p = z.fma(constant(T4), constant(T3))
                    .fma(z, constant(T2))
                    .fma(z, constant(T1))
                    .fma(z, constant(T0));
            FloatVector small = p.mul(z).fma(v, v);
            FloatVector large = constant(1).sub(constant(2).div(exp(v.add(v)).add(1f)));
            large.blend(small, v.abs().compare(LT, TANH_SMALL)).intoArray(x, i);
        }
    }

    private static void sigmoid(float[] x, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, i);
            constant(1).div(exp(FloatVector.zero(S).sub(v)).add(1f)).intoArray(x, i);
        }
    }

    private static void exponential(float[] x, int length, float above, float below) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, i);
            exp(v).sub(1f).mul(below).blend(v.mul(above), v.compare(GT, 0f)).intoArray(x, i);
        }
    }

    private static void leaky(float[] x, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, i);
            v.mul(LEAK).blend(v, v.compare(GT, 0f)).intoArray(x, i);
        }
    }

    private static void softplus(float[] x, int length) {
        for (int i = 0; i < length; i++) {
            x[i] = ScalarActivations.softplus(x[i]);
        }
    }

    private static void softsign(float[] x, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, x, i);
            v.div(v.abs().add(1f)).intoArray(x, i);
        }
    }

    private static FloatVector constant(float value) {
        return FloatVector.broadcast(S, value);
    }

    static FloatVector exp(FloatVector value) {
        FloatVector x = value.blend(EXP_LEAST, value.compare(LT, EXP_LEAST));
        x = x.blend(EXP_MOST, x.compare(GT, EXP_MOST));
        FloatVector rounded = x.fma(constant(LOG2_E), constant(ROUND));
        FloatVector n = rounded.sub(ROUND);
        FloatVector r = n.fma(constant(-LN2_LOW), n.fma(constant(-LN2_HIGH), x));
        FloatVector p = r.fma(constant(E5), constant(E4))
                .fma(r, constant(E3))
                .fma(r, constant(E2))
                .fma(r, constant(E1))
                .fma(r, constant(E0));
        FloatVector y = p.mul(r).fma(r, r).add(1f);
        return y.mul(
                rounded.reinterpretAsInts().lanewise(LSHL, 23).add(0x3f800000).reinterpretAsFloats());
    }
}
