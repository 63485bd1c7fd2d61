package dev.trainyard.search;

/** One dimension of the kernels of a {@link ParzenEstimator}. */
sealed interface Kernels permits NumericKernels, CategoricalKernels {
    /** Draws a coordinate from a kernel. */
    double sample(int kernel, RandomSource random);

    /** Multiplies the density of each kernel at {@code coordinate} into {@code densities}. */
    void multiply(double coordinate, Densities densities);
}
