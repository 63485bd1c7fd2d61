package dev.trainyard.gateway.drift;

import dev.trainyard.trust.ReferenceHistograms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.numbers.gamma.RegularizedGamma;

/**
 * Compares served images with a reference: five histograms, each by Pearson's chi-squared test of two samples, with
 * Holm's correction for the five tests. With many images the test alone finds differences that do not matter, so an
 * effect size is required too: Cohen's w, the root of the sum of {@code (p - q)^2 / q} over the bins.
 */
final class DriftComparison {
    /** Fewest images of a comparison. */
    static final int MIN_IMAGES = 200;
    /** Corrected p-value below which a difference is not chance. */
    static final double SIGNIFICANCE = 0.001;
    /** Writers differ in ink by more than in their share of outliers, of which 10 % other images have an effect of 0.44. */
    private static final double OUTLIER_FACTOR = 0.5;

    private DriftComparison() {}

    /** The five histograms. */
    enum Feature {
        PREDICTED_CLASS,
        CONFIDENCE,
        OUTLIER_SCORE,
        INK,
        /** Accepted images and outliers. */
        OUTLIER_SHARE
    }

    /**
     * Comparison of one histogram.
     *
     * @param reference number of held-out images by bin
     * @param served number of served images by bin
     * @param edges between the bins; empty for classes and the outlier share
     * @param effectSize Cohen's w; 0.1 is small, 0.3 medium, 0.5 large
     * @param pValue after Holm's correction
     */
    record Result(Feature feature, int[] reference, long[] served, double[] edges, double effectSize, double pValue) {
        /** @param minEffect of the four histograms of values; for the outlier share it is lower */
        boolean isDrift(double minEffect) {
            double least = feature == Feature.OUTLIER_SHARE ? OUTLIER_FACTOR * minEffect : minEffect;
            return pValue < SIGNIFICANCE && effectSize >= least;
        }
    }

    /**
     * Compares a window with at least one image; the results are in the order of {@link Feature}.
     *
     * @param acceptance share of the held-out images that are no outliers
     */
    static List<Result> compare(ReferenceHistograms reference, double acceptance, DriftWindows.Window window) {
        int accepted = (int) Math.round(acceptance * reference.images());
        List<Result> results = new ArrayList<>(List.of(
                result(Feature.PREDICTED_CLASS, reference.classes(), window.classes(), new double[0]),
                result(Feature.CONFIDENCE, reference.confidence(), window.confidence()),
                result(Feature.OUTLIER_SCORE, reference.score(), window.score()),
                result(Feature.INK, reference.ink(), window.ink()),
                result(
                        Feature.OUTLIER_SHARE,
                        new int[] {accepted, reference.images() - accepted},
                        new long[] {window.images() - window.outliers(), window.outliers()},
                        new double[0])));
        results.sort(Comparator.comparingDouble(Result::pValue));
        double largest = 0;
        for (int i = 0; i < results.size(); i++) {
            Result result = results.get(i);
            largest = Math.max(largest, Math.min(1, (results.size() - i) * result.pValue()));
            results.set(
                    i,
                    new Result(
                            result.feature(),
                            result.reference(),
                            result.served(),
                            result.edges(),
                            result.effectSize(),
                            largest));
        }
        results.sort(Comparator.comparing(Result::feature));
        return results;
    }

    private static Result result(Feature feature, ReferenceHistograms.Histogram reference, long[] served) {
        return result(feature, reference.counts(), served, reference.edges());
    }

    private static Result result(Feature feature, int[] reference, long[] all, double[] edges) {
        long[] served = Arrays.copyOf(all, reference.length);
        double held = Arrays.stream(reference).sum();
        double images = Arrays.stream(served).sum();
        double effect = 0;
        double chiSquared = 0;
        int bins = 0;
        for (int i = 0; i < reference.length; i++) {
            // half an image more, so that an empty bin of the reference does not make the effect infinite
            double expected = (reference[i] + 0.5) / (held + 0.5 * reference.length);
            effect += square(served[i] / images - expected) / expected;
            if (reference[i] + served[i] > 0) {
                chiSquared += square(Math.sqrt(images / held) * reference[i] - Math.sqrt(held / images) * served[i])
                        / (reference[i] + served[i]);
                bins++;
            }
        }
        double pValue = bins < 2 ? 1 : RegularizedGamma.Q.value((bins - 1) / 2.0, chiSquared / 2);
        return new Result(feature, reference, served, edges, Math.sqrt(effect), pValue);
    }

    private static double square(double value) {
        return value * value;
    }
}
