package dev.trainyard.gateway.predictions;

import dev.trainyard.gateway.models.ModelName;
import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Trust;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The predicted digit with its probability and outlier score; fields that need a trust pack are null without one. */
@Schema(description = "Prediction of the digit on an image")
public record Prediction(
        @Schema(description = "The likeliest digit; null for an outlier, unless outliers=accept", nullable = true)
        @Nullable
        Integer prediction,

        @Schema(description = "Calibrated probability of the prediction; null with it", nullable = true) @Nullable
        Float probability,

        @Schema(description = "Calibrated probability of each digit, 0 to 9, given that the image is a digit")
        float[] probabilities,

        @Schema(
                description = "The plausible digits: for 95 % of images of digits the right one is in this set."
                        + " Empty for an outlier; null if the model has no trust pack",
                nullable = true)
        int @Nullable [] predictionSet,

        @Schema(
                description = "How different from a digit the image is; null if the model has no trust pack",
                nullable = true)
        @Nullable
        Outlier outlier,

        @Schema(description = "The likeliest digit of an outlier; null otherwise", nullable = true) @Nullable
        BestGuess bestGuess,

        @Schema(description = "Reason why there is no prediction; null if there is one", nullable = true) @Nullable
        String message,

        Model model) {

    /** Outlier score of the image and the largest score that is accepted. */
    public record Outlier(
            @Schema(description = "true if the score is above the threshold")
            boolean isOutlier,

            @Schema(description = "Distance from the known digits, 0 or more; about 1 is usual")
            double score,

            @Schema(description = "Largest score that is accepted; 95 % of digits are below it")
            double threshold) {}

    /** The likeliest digit of an image that probably is not one. */
    public record BestGuess(int prediction, float probability) {}

    /** The version that was used and the alias that selected it; the alias is null if the client named the version. */
    public record Model(
            String name,
            int version,
            @Schema(nullable = true) @Nullable String alias) {}

    static Prediction of(Answered answered, ResponseOptions options) {
        int prediction = answered.prediction();
        float[] all = answered.probabilities();
        Model model = new Model(ModelName.plain(answered.model()), answered.version(), options.alias());
        Trust trust = answered.trust();
        if (trust == null) {
            return new Prediction(prediction, all[prediction], all, null, null, null, null, model);
        }
        Outlier outlier = new Outlier(trust.outlier(), trust.score(), trust.threshold());
        int[] set = trust.predictionSet();
        if (!trust.outlier()) {
            return new Prediction(prediction, all[prediction], all, set, outlier, null, null, model);
        }
        BestGuess guess = new BestGuess(prediction, all[prediction]);
        return options.outliers() == OutlierPolicy.ACCEPT
                ? new Prediction(prediction, all[prediction], all, set, outlier, guess, null, model)
                : new Prediction(null, null, all, set, outlier, guess, message(outlier), model);
    }

    private static String message(Outlier outlier) {
        return String.format(
                Locale.ROOT,
                "The image does not look like a digit that this model knows: it scores %.2f, and up to %.2f is"
                        + " accepted. best_guess is the likeliest digit; ?%s=accept returns it as the prediction.",
                outlier.score(),
                outlier.threshold(),
                OutlierPolicy.PARAMETER);
    }
}
