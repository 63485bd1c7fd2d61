package dev.trainyard.search;

import java.util.stream.IntStream;
import org.apache.commons.numbers.gamma.ErfDifference;

/** Normal distributions truncated to the axis; with steps, of the parts of the axis that are nearest to each value. */
final class NumericKernels implements Kernels {
    private static final double SQRT_2 = StrictMath.sqrt(2);
    private static final double SQRT_2_PI = StrictMath.sqrt(2 * StrictMath.PI);
    /** A kernel is never narrower than this share of the axis, or than one over the kernels and one. */
    private static final double LEAST_WIDTH = 0.01;

    private final NumericDimension dimension;
    private final double[] means;
    private final double[] deviations;
    /** Density of a kernel at its mean; with steps, the share of the normal distribution that lies on the axis. */
    private final double[] scales;

    private NumericKernels(NumericDimension dimension, double[] means, double[] deviations) {
        this.dimension = dimension;
        this.means = means;
        this.deviations = deviations;
        this.scales = new double[means.length];
        for (int i = 0; i < means.length; i++) {
            double share = mass(i, 0, 1);
            scales[i] = dimension.isDiscrete() ? share : 1 / (deviations[i] * SQRT_2_PI * share);
        }
    }

    /** Each kernel is as wide as the larger distance to its neighbours; the prior is as wide as the axis. */
    static NumericKernels around(double[] observed, NumericDimension dimension) {
        int n = observed.length;
        double[] means = new double[n + 1];
        double[] deviations = new double[n + 1];
        int[] order = IntStream.range(0, n)
                .boxed()
                .sorted((a, b) -> Double.compare(observed[a], observed[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        double least = Math.max(LEAST_WIDTH, 1.0 / (n + 2));
        for (int i = 0; i < n; i++) {
            double own = observed[order[i]];
            double before = i > 0 ? own - observed[order[i - 1]] : n == 1 ? own : 0;
            double after = i < n - 1 ? observed[order[i + 1]] - own : n == 1 ? 1 - own : 0;
            means[order[i]] = own;
            deviations[order[i]] = Math.min(Math.max(Math.max(before, after), least), 1);
        }
        means[n] = 0.5;
        deviations[n] = 1;
        return new NumericKernels(dimension, means, deviations);
    }

    @Override
    public double sample(int kernel, RandomSource random) {
        double point;
        do {
            point = means[kernel] + deviations[kernel] * random.nextGaussian();
        } while (point < 0 || point > 1);
        return point;
    }

    @Override
    public void multiply(double coordinate, Densities densities) {
        if (dimension.isDiscrete()) {
            double lower = dimension.lowerEdge(coordinate);
            double upper = dimension.upperEdge(coordinate);
            for (int i = 0; i < means.length; i++) {
                densities.multiply(i, mass(i, lower, upper) / scales[i]);
            }
            return;
        }
        for (int i = 0; i < means.length; i++) {
            double z = (coordinate - means[i]) / deviations[i];
            densities.multiply(i, scales[i]);
            densities.multiplyExp(i, -z * z / 2);
        }
    }

    private double mass(int kernel, double lower, double upper) {
        double width = deviations[kernel] * SQRT_2;
        return ErfDifference.value((lower - means[kernel]) / width, (upper - means[kernel]) / width) / 2;
    }
}
