package dev.trainyard.trust;

import java.util.List;

/**
 * Quality of a trust pack, measured on labelled images that nothing was fitted on.
 *
 * @param images number of images
 * @param acceptance share of images that are not outliers
 * @param accuracyAccepted accuracy on accepted images
 * @param coverage share of images whose prediction set contains the correct class; the empty set of an outlier counts
 *     as a miss
 * @param meanSetSize mean number of classes in the sets of accepted images
 * @param calibrationError expected calibration error of the probability over all images, {@value #BINS} equal bins
 */
public record TrustMetrics(
        int images,
        double acceptance,
        double accuracyAccepted,
        double coverage,
        double meanSetSize,
        double calibrationError) {
    private static final int BINS = 15;

    /** Computes the metrics for {@code verdicts}, one per label. */
    public static TrustMetrics of(List<TrustVerdict> verdicts, byte[] labels) {
        int accepted = 0;
        int right = 0;
        int covered = 0;
        int members = 0;
        double[] confidence = new double[BINS];
        int[] hits = new int[BINS];
        for (int i = 0; i < labels.length; i++) {
            TrustVerdict verdict = verdicts.get(i);
            boolean hit = verdict.prediction() == labels[i];
            int bin = Math.min(BINS - 1, (int) (verdict.probability() * BINS));
            confidence[bin] += verdict.probability();
            hits[bin] += hit ? 1 : 0;
            covered += verdict.covers(labels[i]) ? 1 : 0;
            if (!verdict.outlier()) {
                accepted++;
                right += hit ? 1 : 0;
                members += verdict.predictionSet().length;
            }
        }
        double error = 0;
        for (int bin = 0; bin < BINS; bin++) {
            error += Math.abs(hits[bin] - confidence[bin]);
        }
        return new TrustMetrics(
                labels.length,
                (double) accepted / labels.length,
                (double) right / Math.max(1, accepted),
                (double) covered / labels.length,
                (double) members / Math.max(1, accepted),
                error / labels.length);
    }
}
