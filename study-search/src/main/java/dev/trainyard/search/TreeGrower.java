package dev.trainyard.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Grows a regression tree on a bootstrap sample until no split lessens the error. */
final class TreeGrower {
    private final List<Dimension> dimensions;
    private final List<double[]> points;
    private final List<Double> objectives;

    TreeGrower(List<Dimension> dimensions, List<double[]> points, List<Double> objectives) {
        this.dimensions = dimensions;
        this.points = points;
        this.objectives = objectives;
    }

    List<LeafBox> grow(RandomSource random) {
        List<Integer> sample = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            sample.add((int) (random.nextDouble() * points.size()));
        }
        List<LeafBox> leaves = new ArrayList<>();
        split(sample, new LeafBox(wholeSides(), mean(sample)), leaves);
        return leaves;
    }

    private void split(List<Integer> sample, LeafBox box, List<LeafBox> leaves) {
        TreeSplit split = best(sample);
        if (split == null) {
            leaves.add(box);
            return;
        }
        List<Integer> left = new ArrayList<>();
        List<Integer> right = new ArrayList<>();
        for (int i : sample) {
            (split.isLeft(points.get(i)) ? left : right).add(i);
        }
        LeafBox.Side side = box.sides()[split.dimension()];
        split(left, box.with(split.dimension(), split.left(side), mean(left)), leaves);
        split(right, box.with(split.dimension(), split.right(side), mean(right)), leaves);
    }

    private @Nullable TreeSplit best(List<Integer> sample) {
        TreeSplit best = null;
        double bestGain = 1e-12 * variation(sample);
        for (int d = 0; d < dimensions.size(); d++) {
            boolean categorical = dimensions.get(d) instanceof CategoricalDimension;
            for (TreeSplit.Scored scored : categorical ? categorySplits(sample, d) : thresholdSplits(sample, d)) {
                if (scored.gain() > bestGain) {
                    bestGain = scored.gain();
                    best = scored.split();
                }
            }
        }
        return best;
    }

    private List<TreeSplit.Scored> thresholdSplits(List<Integer> sample, int d) {
        List<Integer> ordered = sample.stream()
                .sorted(Comparator.comparingDouble(i -> points.get(i)[d]))
                .toList();
        double total = sum(ordered);
        double left = 0;
        List<TreeSplit.Scored> splits = new ArrayList<>();
        for (int k = 1; k < ordered.size(); k++) {
            left += objectives.get(ordered.get(k - 1));
            double before = points.get(ordered.get(k - 1))[d];
            double after = points.get(ordered.get(k))[d];
            double threshold = (before + after) / 2;
            if (before < threshold && threshold < after) {
                splits.add(new TreeSplit.Scored(new TreeSplit(d, threshold, -1), gain(left, k, total, ordered.size())));
            }
        }
        return splits;
    }

    private List<TreeSplit.Scored> categorySplits(List<Integer> sample, int d) {
        int categories =
                ((CategoricalDimension) dimensions.get(d)).parameter().values().size();
        double[] sums = new double[categories];
        int[] counts = new int[categories];
        for (int i : sample) {
            int category = (int) points.get(i)[d];
            sums[category] += objectives.get(i);
            counts[category]++;
        }
        double total = sum(sample);
        List<TreeSplit.Scored> splits = new ArrayList<>();
        for (int category = 0; category < categories; category++) {
            if (counts[category] > 0 && counts[category] < sample.size()) {
                splits.add(new TreeSplit.Scored(
                        new TreeSplit(d, 0, category), gain(sums[category], counts[category], total, sample.size())));
            }
        }
        return splits;
    }

    /** Returns by how much the sum of squared errors becomes less. */
    private static double gain(double leftSum, int leftCount, double sum, int count) {
        double rightSum = sum - leftSum;
        return leftSum * leftSum / leftCount + rightSum * rightSum / (count - leftCount) - sum * sum / count;
    }

    private double variation(List<Integer> sample) {
        double mean = mean(sample);
        return sample.stream()
                .mapToDouble(i -> (objectives.get(i) - mean) * (objectives.get(i) - mean))
                .sum();
    }

    private double mean(List<Integer> sample) {
        return sum(sample) / sample.size();
    }

    private double sum(List<Integer> sample) {
        double sum = 0;
        for (int i : sample) {
            sum += objectives.get(i);
        }
        return sum;
    }

    private LeafBox.Side[] wholeSides() {
        return dimensions.stream()
                .map(dimension -> dimension instanceof CategoricalDimension categorical
                        ? LeafBox.Categories.all(
                                categorical.parameter().values().size())
                        : new LeafBox.Interval(0, 1))
                .toArray(LeafBox.Side[]::new);
    }
}
