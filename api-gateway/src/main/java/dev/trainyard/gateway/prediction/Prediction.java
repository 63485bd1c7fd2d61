package dev.trainyard.gateway.prediction;

import dev.trainyard.message.PredictReply.Answered;
import dev.trainyard.message.PredictReply.Trust;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The answer: the likeliest digit and what is known of how far it can be trusted. What a model without a trust pack
 * cannot say is null.
 */
@Schema(description = "What the model says of a picture")
public record Prediction(
        @Schema(description = "The likeliest digit; null for an outlier, unless outliers=accept", nullable = true)
        Integer prediction,

        @Schema(description = "Calibrated probability of the prediction; null with it", nullable = true)
        Float probability,

        @Schema(description = "Calibrated probability of each digit, 0 to 9, if the picture is a digit at all")
        float[] probabilities,

        @Schema(
                description = "The digits that fit: of pictures of digits, 95 % have the right one in their set."
                        + " Empty for an outlier; null if the model has no trust pack",
                nullable = true)
        int[] predictionSet,

        @Schema(description = "How unlike a digit it is; null if the model has no trust pack", nullable = true)
        Outlier outlier,

        @Schema(description = "What the model would say of an outlier; null otherwise", nullable = true)
        BestGuess bestGuess,

        @Schema(description = "Why there is no prediction; null if there is one", nullable = true)
        String message,

        Model model) {

    /** Whether the picture is unlike the digits that the model knows, by a score and how large it may be. */
    public record Outlier(
            @Schema(description = "Whether the score is above the threshold")
            boolean isOutlier,

            @Schema(description = "How unlike a digit, 0 or more; about 1 is usual")
            double score,

            @Schema(description = "The largest score that is accepted; 95 % of digits are")
            double threshold) {}

    /** The likeliest digit of what is probably none. */
    public record BestGuess(int prediction, float probability) {}

    /** The version that answered, and the alias by which it was chosen; null where the client named the version. */
    public record Model(
            String name,
            int version,
            @Schema(nullable = true) String alias) {}

    static Prediction of(Answered answered, ResponseOptions telling) {
        int prediction = answered.prediction();
        float[] all = answered.probabilities();
        Model model = new Model(answered.model(), answered.version(), telling.alias());
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
        return telling.outliers() == OutlierPolicy.ACCEPT
                ? new Prediction(prediction, all[prediction], all, set, outlier, guess, null, model)
                : new Prediction(null, null, all, set, outlier, guess, message(outlier), model);
    }

    private static String message(Outlier outlier) {
        return String.format(
                Locale.ROOT,
                "The picture does not look like a digit that this model knows: it scores %.2f, and up to %.2f is"
                        + " accepted. best_guess is what the model would say; ?%s=accept asks for that as the answer.",
                outlier.score(),
                outlier.threshold(),
                OutlierPolicy.PARAMETER);
    }
}
