package dev.trainyard.trust;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Applies a {@link TrustPack} to a model's outputs. Stateless and thread-safe. */
public final class TrustEvaluator {
    private final TrustPack pack;
    private final int classes;
    private final @Nullable ReferenceHistograms reference;

    /** @throws IllegalArgumentException if the pack is incomplete for {@code classes} classes */
    public TrustEvaluator(TrustPack pack, int classes) {
        if (!pack.isComplete(classes)) {
            throw new IllegalArgumentException(
                    "a trust pack of version %d that is incomplete for %d classes; versions %d to %d are supported"
                            .formatted(pack.v(), classes, TrustPack.VERSION, TrustPack.VERSION + 1));
        }
        this.pack = pack;
        this.classes = classes;
        this.reference = ReferenceHistograms.valid(pack.reference(), classes);
    }

    public double threshold() {
        return pack.outliers().threshold();
    }

    /**
     * Evaluates image {@code index} of a batch.
     *
     * @param logits {@code [N,classes]}, finite
     * @param shapeFit {@code [N,classes]}
     * @param norm root of the sum of squares of the image's pixels, 0 to 1 each
     */
    public TrustVerdict judge(float[] logits, float[] shapeFit, int index, double norm) {
        int from = index * classes;
        int prediction = largest(logits, from, classes);
        float[] probabilities = probabilities(logits, from, classes, pack.temperature());
        TrustPack.OutlierDetector usual = pack.outliers();
        double shape = OutlierScore.shape(shapeFit[from + prediction]);
        double energy = OutlierScore.energy(logits, from, classes, norm);
        double score = OutlierScore.of(
                usual.shape().get(prediction).standardise(shape),
                usual.energy().get(prediction).standardise(energy),
                usual.energyWeight());
        // not "greater than", so that NaN is rejected
        boolean outlier = !(score <= threshold());
        return new TrustVerdict(
                prediction, probabilities, outlier ? new int[0] : set(prediction, probabilities), score, outlier);
    }

    /** Returns the bins of an image in the reference histograms; null if the pack has none. */
    public int @Nullable [] bins(TrustVerdict verdict, double norm) {
        return reference == null ? null : reference.bins(verdict, norm);
    }

    private int[] set(int prediction, float[] probabilities) {
        double least = pack.predictionSets().leastProbability();
        int[] members = new int[classes];
        int count = 0;
        for (int i = 0; i < classes; i++) {
            if (i == prediction || probabilities[i] >= least) {
                members[count++] = i;
            }
        }
        return Arrays.copyOf(members, count);
    }

    /** Index of the largest value within the row; the first of equal ones. */
    public static int largest(float[] values, int from, int classes) {
        int best = 0;
        for (int i = 1; i < classes; i++) {
            best = values[from + i] > values[from + best] ? i : best;
        }
        return best;
    }

    /** Softmax of a row of logits divided by {@code temperature}. */
    public static float[] probabilities(float[] logits, int from, int classes, double temperature) {
        double largest = logits[from + largest(logits, from, classes)];
        double[] exponentials = new double[classes];
        double sum = 0;
        for (int i = 0; i < classes; i++) {
            exponentials[i] = Math.exp((logits[from + i] - largest) / temperature);
            sum += exponentials[i];
        }
        float[] probabilities = new float[classes];
        for (int i = 0; i < classes; i++) {
            probabilities[i] = (float) (exponentials[i] / sum);
        }
        return probabilities;
    }

    /** Root of the sum of squares of {@code size} pixels from {@code from} on, as 0 to 1. */
    public static double norm(byte[] pixels, int from, int size) {
        long sum = 0;
        for (int i = from; i < from + size; i++) {
            int value = pixels[i] & 0xff;
            sum += (long) value * value;
        }
        return Math.sqrt(sum) / 255;
    }

    /** Root of the sum of squares of an image's pixels, 0 to 1 each. */
    public static double norm(float[] pixels) {
        // four independent sums, because the additions to a single one would wait for each other
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < pixels.length; i += 4) {
            a += (double) pixels[i] * pixels[i];
            b += (double) pixels[i + 1] * pixels[i + 1];
            c += (double) pixels[i + 2] * pixels[i + 2];
            d += (double) pixels[i + 3] * pixels[i + 3];
        }
        for (; i < pixels.length; i++) {
            a += (double) pixels[i] * pixels[i];
        }
        return Math.sqrt(a + b + c + d);
    }
}
