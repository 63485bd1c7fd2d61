package dev.trainyard.search;

import java.util.Arrays;

/**
 * The part of the space in which a regression tree predicts one value.
 *
 * @param sides of each dimension
 */
record LeafBox(Side[] sides, double value) {
    /** Part of a dimension: an interval, or some of the categories. */
    sealed interface Side {
        /** Returns its share of the dimension. */
        double share();
    }

    record Interval(double low, double high) implements Side {
        @Override
        public double share() {
            return high - low;
        }
    }

    record Categories(boolean[] included) implements Side {
        static Categories all(int count) {
            boolean[] included = new boolean[count];
            Arrays.fill(included, true);
            return new Categories(included);
        }

        Categories only(int category) {
            boolean[] one = new boolean[included.length];
            one[category] = true;
            return new Categories(one);
        }

        Categories without(int category) {
            boolean[] others = included.clone();
            others[category] = false;
            return new Categories(others);
        }

        @Override
        public double share() {
            return (double) count() / included.length;
        }

        int count() {
            int count = 0;
            for (boolean category : included) {
                count += category ? 1 : 0;
            }
            return count;
        }
    }

    /** Returns its share of the space. */
    double volume() {
        double volume = 1;
        for (Side side : sides) {
            volume *= side.share();
        }
        return volume;
    }

    LeafBox with(int dimension, Side side, double newValue) {
        Side[] changed = sides.clone();
        changed[dimension] = side;
        return new LeafBox(changed, newValue);
    }
}
