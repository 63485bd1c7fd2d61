package dev.trainyard.trainer.trust;

import dev.trainyard.trust.OutlierScore;
import dev.trainyard.trust.TrustEvaluator;
import dev.trainyard.trust.TrustPack;
import dev.trainyard.trust.TrustPack.FittedOn;
import dev.trainyard.trust.TrustPack.MeanAndDeviation;
import dev.trainyard.trust.TrustPack.OutlierDetector;
import dev.trainyard.trust.TrustPack.PredictionSets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Parameters of a trust pack, fitted on held-out images. */
record TrustThresholds(double temperature, PredictionSets sets, OutlierDetector outliers) {
    /** Share of digit images whose set must contain the correct digit. */
    static final double COVERAGE = 0.95;
    /**
     * Share of digit images to be accepted. An outlier's set is empty, so coverage cannot exceed acceptance; the
     * excess over {@link #COVERAGE} is the share that sets of accepted images may miss.
     */
    static final double ACCEPTANCE = 0.9535;

    /** Minimum number of images of a predicted class; below it the distribution of all classes is used. */
    private static final int MIN_OF_CLASS = 30;

    private static final double MIN_DEVIATION = 1e-6;

    static TrustThresholds fit(TrustInputs known, byte[] labels) {
        int classes = known.classes();
        int[] predictions = new int[known.size()];
        double[] shapes = new double[known.size()];
        double[] energies = new double[known.size()];
        for (int i = 0; i < predictions.length; i++) {
            predictions[i] = known.prediction(i);
            shapes[i] = OutlierScore.shape(known.shapeFit()[i * classes + predictions[i]]);
            energies[i] = OutlierScore.energy(known.logits(), i * classes, classes, known.norms()[i]);
        }
        List<MeanAndDeviation> shape = spreads(shapes, predictions, classes);
        List<MeanAndDeviation> energy = spreads(energies, predictions, classes);
        double[] scores = new double[predictions.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = OutlierScore.of(
                    shape.get(predictions[i]).standardise(shapes[i]),
                    energy.get(predictions[i]).standardise(energies[i]),
                    OutlierScore.ENERGY_WEIGHT);
        }
        double threshold = smallestAbove(scores, ACCEPTANCE);
        double temperature = TemperatureScaling.fit(known.logits(), labels, classes);
        return new TrustThresholds(
                temperature,
                new PredictionSets(COVERAGE, leastProbability(known, labels, temperature, scores, threshold)),
                new OutlierDetector(
                        OutlierScore.DETECTOR,
                        threshold,
                        (double) Arrays.stream(scores)
                                        .filter(s -> s <= threshold)
                                        .count()
                                / scores.length,
                        OutlierScore.ENERGY_WEIGHT,
                        shape,
                        energy));
    }

    /**
     * Split conformal prediction: a label's conformity is its probability; nothing conforms to an outlier. For any
     * model, the set of a new digit then contains its label with probability of at least {@link #COVERAGE}.
     */
    private static double leastProbability(
            TrustInputs known, byte[] labels, double temperature, double[] scores, double threshold) {
        double[] lack = new double[scores.length];
        for (int i = 0; i < lack.length; i++) {
            float[] row =
                    TrustEvaluator.probabilities(known.logits(), i * known.classes(), known.classes(), temperature);
            lack[i] = scores[i] <= threshold ? -row[labels[i]] : 0;
        }
        return 0 - smallestAbove(lack, COVERAGE); // not -0.0
    }

    /**
     * Quantile that {@code share} of new values from the same distribution do not exceed, corrected for the finite
     * sample.
     */
    private static double smallestAbove(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int rank = (int) Math.ceil((sorted.length + 1) * share);
        return sorted[Math.min(rank, sorted.length) - 1];
    }

    private static List<MeanAndDeviation> spreads(double[] values, int[] predictions, int classes) {
        MeanAndDeviation all = spread(values);
        List<MeanAndDeviation> spreads = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            double[] some = new double[values.length];
            int count = 0;
            for (int i = 0; i < values.length; i++) {
                if (predictions[i] == c) {
                    some[count++] = values[i];
                }
            }
            spreads.add(count < MIN_OF_CLASS ? all : spread(Arrays.copyOf(some, count)));
        }
        return List.copyOf(spreads);
    }

    private static MeanAndDeviation spread(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        double mean = sum / values.length;
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return new MeanAndDeviation(mean, Math.max(MIN_DEVIATION, Math.sqrt(squares / values.length)));
    }

    /** Returns the pack without its metrics and reference, which are measured with it. */
    TrustPack pack() {
        return new TrustPack(TrustPack.VERSION, temperature, sets, outliers, new FittedOn(0, 0), null, null);
    }
}
