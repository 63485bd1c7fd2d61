package dev.trainyard.engine.vector;

import dev.trainyard.network.Activation;

/** Activation functions of one value, with the operations of {@link VectorActivations} in the same order. */
final class ScalarActivations {
    static final float LEAK = 0.01f;
    static final float SELU_ALPHA = 1.6732632f;
    static final float SELU_GAMMA = 1.0507010f;

    /** Adding it rounds to a whole number, which is then in the low bits. */
    static final float ROUND = 0x1.8p23f;

    static final float LOG2_E = 1.44269504f;
    static final float LN2_HIGH = 0.693359375f;
    static final float LN2_LOW = -2.12194440e-4f;
    static final float EXP_LEAST = -87f;
    static final float EXP_MOST = 88f;
    /** Polynomial of (e^r - 1 - r) / r² for |r| ≤ ln 2 / 2, highest power first (Cephes). */
    static final float E5 = 1.9875691500e-4f;

    static final float E4 = 1.3981999507e-3f;
    static final float E3 = 8.3334519073e-3f;
    static final float E2 = 4.1665795894e-2f;
    static final float E1 = 1.6666665459e-1f;
    static final float E0 = 5.0000001201e-1f;
    /** Polynomial of (tanh x - x) / x³ for |x| below TANH_SMALL, highest power first (Cephes). */
    static final float TANH_SMALL = 0.625f;

    static final float T4 = -5.70498872745e-3f;
    static final float T3 = 2.06390887954e-2f;
    static final float T2 = -5.37397155531e-2f;
    static final float T1 = 1.33314422036e-1f;
    static final float T0 = -3.33332819422e-1f;

    private ScalarActivations() {}

    static float value(Activation f, float x) {
        return switch (f) {
            case RELU -> x < 0 ? 0 : x;
            case TANH -> tanh(x);
            case SIGMOID -> 1 / (exp(0 - x) + 1);
            case ELU -> x > 0 ? x : exp(x) - 1;
            case SELU -> x > 0 ? x * SELU_GAMMA : (exp(x) - 1) * (SELU_GAMMA * SELU_ALPHA);
            case LEAKY_RELU -> x > 0 ? x : x * LEAK;
            case SOFTPLUS -> softplus(x);
            case SOFTSIGN -> x / (Math.abs(x) + 1);
            case LINEAR -> x;
        };
    }

    /** {@code d · f'(x)} from {@code y = f(x)}. */
    static float gradient(Activation f, float d, float y) {
        return switch (f) {
            case RELU -> y > 0 ? d : 0;
            case TANH -> d * Math.fma(0 - y, y, 1);
            case SIGMOID -> d * (y * (1 - y));
            case ELU -> y > 0 ? d : d * (y + 1);
            case SELU -> y > 0 ? d * SELU_GAMMA : d * (y + SELU_GAMMA * SELU_ALPHA);
            case LEAKY_RELU -> y > 0 ? d : d * LEAK;
            case SOFTPLUS -> d * (1 - exp(0 - y));
            case SOFTSIGN -> softsignGradient(d, y);
            case LINEAR -> d;
        };
    }

    private static float softsignGradient(float d, float y) {
        float rest = 1 - Math.abs(y);
        return d * (rest * rest);
    }

    /** Too rare for a polynomial of its own. */
    static float softplus(float x) {
        return (float) (Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs((double) x))));
    }

    private static float tanh(float x) {
        float z = x * x;
        float p = Math.fma(Math.fma(Math.fma(Math.fma(z, T4, T3), z, T2), z, T1), z, T0);
        float small = Math.fma(p * z, x, x);
        float large = 1 - 2 / (exp(x + x) + 1);
        return Math.abs(x) < TANH_SMALL ? small : large;
    }

    static float exp(float value) {
        float x = value < EXP_LEAST ? EXP_LEAST : value;
        x = x > EXP_MOST ? EXP_MOST : x;
        float rounded = Math.fma(x, LOG2_E, ROUND);
        float n = rounded - ROUND;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
        float p = Math.fma(Math.fma(Math.fma(Math.fma(Math.fma(r, E5, E4), r, E3), r, E2), r, E1), r, E0);
        float y = Math.fma(p * r, r, r) + 1;
        return y * Float.intBitsToFloat((Float.floatToRawIntBits(rounded) << 23) + 0x3f800000);
    }
}
