package dev.trainyard.search;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Density of the observed points: a mixture with one kernel for each, a product over the dimensions, and a prior over
 * the whole space. Widths and weights are those of Optuna 5.0's defaults.
 */
final class ParzenEstimator {
    /** So many of the latest observations have the full weight; those before count less the older they are. */
    private static final int FULL_WEIGHTS = 25;

    private final List<Kernels> kernels;
    private final double[] weights;
    private final Densities densities;

    /** @param observed points in the order in which they were suggested */
    ParzenEstimator(List<Dimension> dimensions, List<double[]> observed) {
        this.kernels = IntStream.range(0, dimensions.size())
                .mapToObj(d -> dimensions
                        .get(d)
                        .kernels(
                                observed.stream().mapToDouble(point -> point[d]).toArray()))
                .toList();
        this.weights = weights(observed.size());
        this.densities = new Densities(weights.length);
    }

    double[] sample(RandomSource random) {
        int kernel = kernel(random.nextDouble());
        return kernels.stream().mapToDouble(k -> k.sample(kernel, random)).toArray();
    }

    double logDensity(double[] point) {
        densities.reset();
        for (int d = 0; d < point.length; d++) {
            kernels.get(d).multiply(point[d], densities);
        }
        return StrictMath.log(densities.weightedSum(weights));
    }

    private int kernel(double quantile) {
        double left = quantile;
        for (int i = 0; i < weights.length - 1; i++) {
            left -= weights[i];
            if (left < 0) {
                return i;
            }
        }
        return weights.length - 1;
    }

    private static double[] weights(int observed) {
        int older = Math.max(observed - FULL_WEIGHTS, 0);
        double[] weights = new double[observed + 1];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i < older ? olderWeight(i, older, 1.0 / observed) : 1;
        }
        double sum = DoubleStream.of(weights).sum();
        return DoubleStream.of(weights).map(weight -> weight / sum).toArray();
    }

    /** Returns weights from {@code least} for the oldest observation to 1, evenly spaced. */
    private static double olderWeight(int index, int older, double least) {
        return older == 1 ? least : least + (1 - least) * index / (older - 1);
    }
}
