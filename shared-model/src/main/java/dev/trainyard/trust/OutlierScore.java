package dev.trainyard.trust;

/**
 * Measures how unlike a digit a picture is, by two things that a digit has at once: edges that lie as the predicted
 * class's do ({@code shape_fit}), and logits as large as its ink lets expect (the energy of Liu et al. 2020, divided by
 * the picture's norm, since a network of ReLUs answers twice the ink with about twice the logits).
 */
public final class OutlierScore {
    /** What the detector of this class is called in a {@link TrustPack}. */
    public static final String DETECTOR = "class-subspaces-of-edges+energy-by-ink";
    /** Of the energy's part. Both matter; at 1 digits in thin or soft strokes were refused more often. */
    public static final double ENERGY_WEIGHT = 0.5;

    private static final double WHOLE = 1.0001;
    private static final double MIN_LACK = 1e-6;

    private OutlierScore() {}

    /** What is standardised of the shape: logarithm of the share of the edges that the class does not explain. */
    public static double shape(double shapeFit) {
        return Math.log(Math.max(MIN_LACK, WHOLE - shapeFit));
    }

    /**
     * What is standardised of the energy: large where the logits are small for the ink.
     *
     * @param logits row of {@code classes} logits that begins at {@code from}
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
     * The score.
     *
     * @param shape standard deviations above what is usual for the predicted class
     * @param energy likewise
     */
    public static double of(double shape, double energy, double energyWeight) {
        double unlikeShape = softened(shape);
        double unlikeEnergy = softened(energy);
        return Math.sqrt(unlikeShape * unlikeShape + energyWeight * unlikeEnergy * unlikeEnergy);
    }

    /** Softplus: what fits better than usual must not make up for what does not fit. */
    private static double softened(double deviations) {
        return deviations > 30 ? deviations : Math.log1p(Math.exp(deviations));
    }
}
