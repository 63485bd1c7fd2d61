package dev.trainyard.search;

/**
 * A split of a regression tree: numbers below a threshold, or one category, go left.
 *
 * @param category -1 for a threshold
 */
record TreeSplit(int dimension, double threshold, int category) {
    /** @param gain by how much the squared error becomes less */
    record Scored(TreeSplit split, double gain) {}

    boolean isLeft(double[] point) {
        return category >= 0 ? (int) point[dimension] == category : point[dimension] < threshold;
    }

    LeafBox.Side left(LeafBox.Side side) {
        if (side instanceof LeafBox.Interval interval) {
            return new LeafBox.Interval(interval.low(), threshold);
        }
        return ((LeafBox.Categories) side).only(category);
    }

    LeafBox.Side right(LeafBox.Side side) {
        if (side instanceof LeafBox.Interval interval) {
            return new LeafBox.Interval(threshold, interval.high());
        }
        return ((LeafBox.Categories) side).without(category);
    }
}
