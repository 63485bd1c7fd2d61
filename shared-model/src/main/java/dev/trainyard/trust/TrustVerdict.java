package dev.trainyard.trust;

/**
 * Evaluation of one image by a {@link TrustPack}.
 *
 * @param prediction class with the largest logit; the first of equal ones
 * @param probabilities calibrated, one per class, summing to 1, assuming that the image is a digit
 * @param predictionSet plausible classes in ascending order; empty for an outlier
 * @param score outlier score, 0 or more; about 1 is typical
 */
public record TrustVerdict(int prediction, float[] probabilities, int[] predictionSet, double score, boolean outlier) {
    public float probability() {
        return probabilities[prediction];
    }

    /** Returns true if the set contains {@code label}. */
    public boolean covers(int label) {
        for (int member : predictionSet) {
            if (member == label) {
                return true;
            }
        }
        return false;
    }
}
