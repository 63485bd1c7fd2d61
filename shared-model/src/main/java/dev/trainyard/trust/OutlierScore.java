package dev.trainyard.trust;

/**
 * Outlier score of an image, from two properties of digits: edges located like those of the predicted class ({@code
 * shape_fit}), and logits as large as its amount of ink suggests (the energy of Liu et al. 2020, divided by the
 * image's norm, because a ReLU network responds to twice the ink with about twice the logits).
 */
public final class OutlierScore {
    /** Name of this detector in a {@link TrustPack}. */
    public static final String DETECTOR = "class-subspaces-of-edges+energy-by-ink";
    /** Weight of the energy. With 1, digits in thin or soft strokes were rejected more often. */
    public static final double ENERGY_WEIGHT = 0.5;

    private static final double WHOLE = 1.0001;
    private static final double MIN_LACK = 1e-6;

    private OutlierScore() {}

    /** Shape value before standardization: logarithm of the share of edges not explained by the class. */
    public static double shape(double shapeFit) {
        return Math.log(Math.max(MIN_LACK, WHOLE - shapeFit));
    }

    /**
     * Energy value before standardization: large if the logits are small for the amount of ink.
     *
     * @param logits row of {@code classes} logits starting at {@code from}
     * @param norm root of the sum of squares of the pixels, 0 to 1 each
     */
    public static double energy(float[] logits, int from, int classes, double norm) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < classes; i++) {
            largest = Math.max(largest, logits[from + i]);
        }
        double sum = 0;
        for (int i = 0; i < classes; i++) {
            sum += Math.exp(logits[from + i] - largest);
        }
        return -(largest + Math.log(sum)) / (1 + norm);
    }

    /**
     * Combines both values to the score.
     *
     * @param shape standard deviations above the mean of the predicted class
     * @param energy likewise
     */
    public static double of(double shape, double energy, double energyWeight) {
        double unlikeShape = softened(shape);
        double unlikeEnergy = softened(energy);
        return Math.sqrt(unlikeShape * unlikeShape + energyWeight * unlikeEnergy * unlikeEnergy);
    }

    /** Softplus, so that an above-average fit of one part does not compensate for the other. */
    private static double softened(double deviations) {
        return deviations > 30 ? deviations : Math.log1p(Math.exp(deviations));
    }
}
