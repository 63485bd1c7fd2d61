package dev.trainyard.trust;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Distributions over the held-out images of a model, with which those of the served images are compared.
 *
 * @param classes number of images by predicted class
 * @param confidence of the calibrated probability of the prediction
 * @param score of the outlier score
 * @param ink of the root of the sum of squares of an image's pixels, 0 to 1 each
 */
public record ReferenceHistograms(int[] classes, Histogram confidence, Histogram score, Histogram ink) {
    /** Most bins of a histogram; the reference has ten, or fewer if many values are equal. */
    public static final int MAX_BINS = 16;

    private static final int BINS = 10;

    /**
     * A histogram.
     *
     * @param edges ascending; bin {@code i} holds the values from {@code edges[i - 1]} to below {@code edges[i]}
     * @param counts one more than edges
     */
    public record Histogram(double[] edges, int[] counts) {
        /** Returns the bin of a value; the last one for NaN. */
        public int bin(double value) {
            int found = Arrays.binarySearch(edges, value);
            return found >= 0 ? found + 1 : -found - 1;
        }

        /** Bins that hold about equally many of {@code values}. */
        static Histogram of(double[] values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            double[] edges = new double[BINS - 1];
            for (int i = 0; i < edges.length; i++) {
                edges[i] = sorted[(int) ((long) (i + 1) * sorted.length / BINS)];
            }
            edges = Arrays.stream(edges).distinct().toArray();
            Histogram histogram = new Histogram(edges, new int[edges.length + 1]);
            for (double value : values) {
                histogram.counts[histogram.bin(value)]++;
            }
            return histogram;
        }

        private boolean isValid() {
            if (edges == null || counts == null || counts.length != edges.length + 1 || counts.length > MAX_BINS) {
                return false;
            }
            for (int i = 0; i < edges.length; i++) {
                if (!Double.isFinite(edges[i]) || i > 0 && edges[i] <= edges[i - 1]) {
                    return false;
                }
            }
            return Arrays.stream(counts).allMatch(count -> count >= 0);
        }
    }

    /**
     * @param verdicts of the held-out images
     * @param norms of the same images
     */
    public static ReferenceHistograms of(List<TrustVerdict> verdicts, double[] norms, int classes) {
        int[] predicted = new int[classes];
        verdicts.forEach(verdict -> predicted[verdict.prediction()]++);
        return new ReferenceHistograms(
                predicted,
                Histogram.of(
                        verdicts.stream().mapToDouble(TrustVerdict::probability).toArray()),
                Histogram.of(verdicts.stream().mapToDouble(TrustVerdict::score).toArray()),
                Histogram.of(norms));
    }

    /** Returns the bins of an image's confidence, score and ink. */
    public int[] bins(TrustVerdict verdict, double norm) {
        return new int[] {confidence.bin(verdict.probability()), score.bin(verdict.score()), ink.bin(norm)};
    }

    /** Number of held-out images. */
    public int images() {
        return Arrays.stream(classes).sum();
    }

    /** Returns {@code reference} if it is valid for {@code classes} classes, else null. */
    static @Nullable ReferenceHistograms valid(@Nullable ReferenceHistograms reference, int classes) {
        boolean valid = reference != null
                && reference.classes != null
                && reference.classes.length == classes
                && Arrays.stream(reference.classes).allMatch(count -> count >= 0)
                && reference.confidence != null
                && reference.confidence.isValid()
                && reference.score != null
                && reference.score.isValid()
                && reference.ink != null
                && reference.ink.isValid();
        return valid ? reference : null;
    }
}
