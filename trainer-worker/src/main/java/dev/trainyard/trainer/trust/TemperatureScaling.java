package dev.trainyard.trainer.trust;

/**
 * Temperature scaling: finds the divisor of logits that maximizes the likelihood of the labels. Source: Guo et al.
 * 2017.
 */
final class TemperatureScaling {
    private static final double LEAST = 0.05;
    private static final double MOST = 20;
    /** Leaves the temperature exact to a millionth. */
    private static final int STEPS = 32;

    private TemperatureScaling() {}

    /**
     * Golden-section search over the logarithm; the loss has one minimum.
     *
     * @param logits rows of {@code classes} values, one per label
     */
    static double fit(float[] logits, byte[] labels, int classes) {
        double shrink = (Math.sqrt(5) - 1) / 2;
        double low = Math.log(LEAST);
        double high = Math.log(MOST);
        double left = high - shrink * (high - low);
        double right = low + shrink * (high - low);
        double lossLeft = loss(logits, labels, classes, Math.exp(left));
        double lossRight = loss(logits, labels, classes, Math.exp(right));
        for (int step = 0; step < STEPS; step++) {
            if (lossLeft <= lossRight) {
                high = right;
                right = left;
                lossRight = lossLeft;
                left = high - shrink * (high - low);
                lossLeft = loss(logits, labels, classes, Math.exp(left));
            } else {
                low = left;
                left = right;
                lossLeft = lossRight;
                right = low + shrink * (high - low);
                lossRight = loss(logits, labels, classes, Math.exp(right));
            }
        }
        return Math.exp((low + high) / 2);
    }

    /** Mean negative log-likelihood, nats. */
    static double loss(float[] logits, byte[] labels, int classes, double temperature) {
        double losses = 0;
        for (int row = 0; row < labels.length; row++) {
            int from = row * classes;
            double label = logits[from + labels[row]];
            double sum = 0;
            double largest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < classes; i++) {
                largest = Math.max(largest, logits[from + i]);
            }
            for (int i = 0; i < classes; i++) {
                sum += Math.exp((logits[from + i] - largest) / temperature);
            }
            losses += Math.log(sum) - (label - largest) / temperature;
        }
        return losses / labels.length;
    }
}
