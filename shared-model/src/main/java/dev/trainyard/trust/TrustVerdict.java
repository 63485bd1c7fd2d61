package dev.trainyard.trust;

/**
 * What a model with a {@link TrustPack} says of one picture.
 *
 * @param prediction class with the largest logit, the first of equal ones
 * @param probabilities calibrated, one for each class, summing to 1; they presume that the picture is a digit
 * @param predictionSet classes that fit, in ascending order; none for an outlier
 * @param score how unlike a digit, 0 or more; about 1 is usual
 */
public record TrustVerdict(int prediction, float[] probabilities, int[] predictionSet, double score, boolean outlier) {
    public float probability() {
        return probabilities[prediction];
    }

    /** Whether the set holds {@code label}. */
    public boolean covers(int label) {
        for (int member : predictionSet) {
            if (member == label) {
                return true;
            }
        }
        return false;
    }
}
