package dev.trainyard.trust;

import java.util.List;

/**
 * What a model knows of its own limits, fitted by the trainer on images that were held out from training. It stands in
 * the model's metadata and, as JSON under {@link #ONNX_KEY}, in the ONNX file's own metadata, so that one file, read by
 * its hash, is all that a predictor needs. The detector's subspaces are weights of that file, behind its output {@value
 * #SHAPE_FIT}.
 *
 * @param v version of this record's form and of how it is applied
 * @param temperature by which logits are divided to give calibrated probabilities
 * @param fittedOn how many images the parts were fitted on
 * @param test what it reaches on the test split, which nothing was fitted on
 */
public record TrustPack(
        int v,
        double temperature,
        PredictionSets predictionSets,
        OutlierDetector outliers,
        FittedOn fittedOn,
        TrustMetrics test) {
    public static final int VERSION = 1;
    /** Key of the pack in the ONNX file's metadata. */
    public static final String ONNX_KEY = "trainyard.trust";
    /** Output of the ONNX file, float32 {@code [N,classes]}: the scores before softmax. */
    public static final String LOGITS = "logits";
    /** Output of the ONNX file, float32 {@code [N,units]}: what the last layer but one gives. */
    public static final String FEATURES = "features";
    /** Output of the ONNX file, float32 {@code [N,classes]}: share of the edges that each class explains, 0 to 1. */
    public static final String SHAPE_FIT = "shape_fit";

    /**
     * The sets of digits that hold the right one with a known probability.
     *
     * @param coverage share of all pictures of digits whose set holds the right digit
     * @param leastProbability calibrated probability from which a digit is in the set of a picture that is no outlier
     */
    public record PredictionSets(double coverage, double leastProbability) {}

    /**
     * How unlike the digits a picture is.
     *
     * @param detector what computes the score
     * @param threshold score above which a picture is an outlier
     * @param acceptance share of the held-out images at or below it
     * @param energyWeight of the energy's part beside the shape's, whose weight is 1
     * @param shape of {@code ln(1.0001 - shape_fit)} of the predicted class, for each predicted class
     * @param energy of the negative energy by ink, for each predicted class
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
        /** Standard deviations that {@code value} lies above the mean. */
        public double standardise(double value) {
            return (value - mean) / deviation;
        }
    }

    /**
     * @param heldOut images that no weight was trained on: temperature, spreads and thresholds
     * @param training images that the classes' shapes were learned from
     */
    public record FittedOn(int heldOut, int training) {}

    /** Whether it is of this version or the next, whose new fields may be left out. */
    private boolean hasKnownVersion() {
        return v == VERSION || v == VERSION + 1;
    }

    /** Whether every part is there, as it must be for {@code classes} classes. */
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
