package dev.trainyard.trust;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parameters for calibration and outlier detection, fitted by the trainer on held-out images. They are stored in the
 * model's metadata and, as JSON under {@link #ONNX_KEY}, in the metadata of the ONNX file, so that predictors need
 * only that file. The detector's subspaces are weights of that file, behind its output {@value #SHAPE_FIT}.
 *
 * @param v version of this record's format and of the way it is applied
 * @param temperature divisor of the logits for calibrated probabilities
 * @param fittedOn numbers of images used for fitting
 * @param test metrics on the test split, which nothing was fitted on
 * @param reference distributions over the held-out images; null in packs older than this field
 */
public record TrustPack(
        int v,
        double temperature,
        PredictionSets predictionSets,
        OutlierDetector outliers,
        FittedOn fittedOn,
        @Nullable TrustMetrics test,
        @Nullable ReferenceHistograms reference) {
    public static final int VERSION = 1;
    /** Key of the pack in the ONNX file's metadata. */
    public static final String ONNX_KEY = "trainyard.trust";
    /** Output of the ONNX file, float32 {@code [N,classes]}: the scores before softmax. */
    public static final String LOGITS = "logits";
    /** Output of the ONNX file, float32 {@code [N,units]}: output of the last hidden layer. */
    public static final String FEATURES = "features";
    /** Output of the ONNX file, float32 {@code [N,classes]}: share of edges explained by each class, 0 to 1. */
    public static final String SHAPE_FIT = "shape_fit";

    /**
     * Prediction sets that contain the correct class with a known probability.
     *
     * @param coverage share of digit images whose set contains the correct digit
     * @param leastProbability calibrated probability from which a digit belongs to the set of an accepted image
     */
    public record PredictionSets(double coverage, double leastProbability) {}

    /**
     * Parameters of the outlier score.
     *
     * @param detector name of the algorithm
     * @param threshold score above which an image is an outlier
     * @param acceptance share of held-out images at or below the threshold
     * @param energyWeight weight of the energy relative to the shape
     * @param shape distribution of {@code ln(1.0001 - shape_fit)} of the predicted class, per predicted class
     * @param energy distribution of the negative energy divided by ink, per predicted class
     */
    public record OutlierDetector(
            String detector,
            double threshold,
            double acceptance,
            double energyWeight,
            List<MeanAndDeviation> shape,
            List<MeanAndDeviation> energy) {}

    /** Mean and standard deviation over the held-out images. */
    public record MeanAndDeviation(double mean, double deviation) {
        /** Number of standard deviations by which {@code value} exceeds the mean. */
        public double standardise(double value) {
            return (value - mean) / deviation;
        }
    }

    /**
     * @param heldOut images not used for training: for temperature, distributions and thresholds
     * @param training images used for the classes' shapes
     */
    public record FittedOn(int heldOut, int training) {}

    /** Returns true for this version or the next, whose new fields may be missing. */
    private boolean hasKnownVersion() {
        return v == VERSION || v == VERSION + 1;
    }

    /** Returns true if all parts for {@code classes} classes are present. */
    public boolean isComplete(int classes) {
        return hasKnownVersion()
                && temperature > 0
                && Double.isFinite(temperature)
                && predictionSets != null
                && outliers != null
                && Double.isFinite(outliers.threshold)
                && isComplete(outliers.shape, classes)
                && isComplete(outliers.energy, classes);
    }

    private static boolean isComplete(List<MeanAndDeviation> spreads, int classes) {
        return spreads != null
                && spreads.size() == classes
                && spreads.stream()
                        .allMatch(s -> s != null
                                && Double.isFinite(s.mean)
                                && Double.isFinite(s.deviation)
                                && s.deviation > 0);
    }
}
