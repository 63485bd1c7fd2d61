package dev.trainyard.search;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/** Variance of a regression tree's predictions over the whole space, and the part that one dimension explains. */
final class LeafVariance {
    private LeafVariance() {}

    static double total(List<LeafBox> leaves) {
        double mean = mean(leaves);
        double variance = 0;
        for (LeafBox leaf : leaves) {
            variance += leaf.volume() * (leaf.value() - mean) * (leaf.value() - mean);
        }
        return variance;
    }

    /** Returns the variance of the mean prediction as a function of dimension {@code d} alone. */
    static double of(List<LeafBox> leaves, int d, Dimension dimension) {
        return dimension instanceof CategoricalDimension categorical
                ? ofCategories(leaves, d, categorical.parameter().values().size())
                : ofNumber(leaves, d);
    }

    private static double ofCategories(List<LeafBox> leaves, int d, int categories) {
        double mean = mean(leaves);
        double variance = 0;
        for (int category = 0; category < categories; category++) {
            double marginal = 0;
            for (LeafBox leaf : leaves) {
                if (((LeafBox.Categories) leaf.sides()[d]).included()[category]) {
                    marginal += leaf.value() * leaf.volume() / leaf.sides()[d].share();
                }
            }
            variance += (marginal - mean) * (marginal - mean) / categories;
        }
        return variance;
    }

    private static double ofNumber(List<LeafBox> leaves, int d) {
        double[] limits = leaves.stream()
                .flatMapToDouble(leaf -> {
                    LeafBox.Interval side = (LeafBox.Interval) leaf.sides()[d];
                    return DoubleStream.of(side.low(), side.high());
                })
                .sorted()
                .distinct()
                .toArray();
        double[] changes = new double[limits.length];
        for (LeafBox leaf : leaves) {
            LeafBox.Interval side = (LeafBox.Interval) leaf.sides()[d];
            double weighted = leaf.value() * leaf.volume() / side.share();
            changes[Arrays.binarySearch(limits, side.low())] += weighted;
            changes[Arrays.binarySearch(limits, side.high())] -= weighted;
        }
        double mean = mean(leaves);
        double variance = 0;
        double marginal = 0;
        for (int i = 0; i + 1 < limits.length; i++) {
            marginal += changes[i];
            variance += (limits[i + 1] - limits[i]) * (marginal - mean) * (marginal - mean);
        }
        return variance;
    }

    private static double mean(List<LeafBox> leaves) {
        return leaves.stream().mapToDouble(leaf -> leaf.volume() * leaf.value()).sum();
    }
}
