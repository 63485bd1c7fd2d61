package dev.trainyard.search;

import java.util.Arrays;

/** Densities of all kernels at a point, as products of factors and powers of e, so that one exponential is computed. */
final class Densities {
    private final double[] factors;
    private final double[] exponents;

    Densities(int kernels) {
        factors = new double[kernels];
        exponents = new double[kernels];
    }

    void reset() {
        Arrays.fill(factors, 1);
        Arrays.fill(exponents, 0);
    }

    void multiply(int kernel, double factor) {
        factors[kernel] *= factor;
    }

    void multiplyExp(int kernel, double exponent) {
        exponents[kernel] += exponent;
    }

    double weightedSum(double[] weights) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * factors[i] * StrictMath.exp(exponents[i]);
        }
        return sum;
    }
}
