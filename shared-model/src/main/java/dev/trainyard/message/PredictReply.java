package dev.trainyard.message;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import org.jspecify.annotations.Nullable;

/** Reply of a predictor to one request. */
public record PredictReply(int v, Outcome outcome) implements Versioned {

    /** @throws MalformedMessageException if the bytes are not a complete reply of a known version */
    public static PredictReply read(byte[] json) throws MalformedMessageException {
        PredictReply reply = WireJson.read(json, PredictReply.class);
        boolean complete = reply.outcome() != null;
        if (reply.outcome() instanceof Answered answered) {
            float[] all = answered.probabilities();
            complete = all != null && answered.prediction() >= 0 && answered.prediction() < all.length;
        } else if (reply.outcome() instanceof Unavailable unavailable) {
            complete = unavailable.reason() != null;
        }
        if (!complete) {
            throw new MalformedMessageException("PredictReply without outcome, reason or the probability it names");
        }
        return reply;
    }

    /** Outcome of a request. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(Answered.class),
        @JsonSubTypes.Type(Explained.class),
        @JsonSubTypes.Type(InputImage.class),
        @JsonSubTypes.Type(Rejected.class),
        @JsonSubTypes.Type(Unavailable.class)
    })
    public sealed interface Outcome {}

    /**
     * The model's prediction.
     *
     * @param prediction class with the highest probability
     * @param probabilities one per class, summing to 1; calibrated if the model has a trust pack
     * @param trust null if the model has no trust pack
     */
    @JsonTypeName("answered")
    public record Answered(
            String model,
            int version,
            int prediction,
            float[] probabilities,
            @Nullable Trust trust) implements Outcome {}

    /**
     * Evaluation of the image by the model's trust pack.
     *
     * @param predictionSet plausible classes; empty for an outlier
     * @param score outlier score; above {@code threshold} the image is an outlier
     * @param bins of confidence, score and ink in the pack's reference histograms; null if the pack has none
     */
    public record Trust(int[] predictionSet, boolean outlier, double score, double threshold, int @Nullable [] bins) {}

    /**
     * The model's prediction with an explanation.
     *
     * @param image input of the model, 28 * 28 unsigned bytes, row-major, a light digit on black
     * @param occlusion 28 rows of 28: decrease of the prediction's probability when the surroundings of that pixel are
     *     blanked; negative for an increase
     */
    @JsonTypeName("explained")
    public record Explained(
            Answered answered, @JsonProperty("picture") byte[] image, float[][] occlusion) implements Outcome {}

    /** Input image of a model: 28 * 28 unsigned bytes, row-major, a light digit on black. */
    @JsonTypeName("pictured")
    public record InputImage(@JsonProperty("picture") byte[] image) implements Outcome {}

    /** The bytes are not a readable image; the message explains it to the client. */
    @JsonTypeName("rejected")
    public record Rejected(String message) implements Outcome {}

    /** The predictor cannot answer now; the message gives the reason. */
    @JsonTypeName("unavailable")
    public record Unavailable(Reason reason, String message) implements Outcome {}

    /** Reason why a predictor could not answer. */
    public enum Reason {
        @JsonProperty("no_active_model")
        NO_ACTIVE_MODEL,
        /** The requested version exists but cannot be loaded; only with an explicit version. */
        @JsonProperty("model_unavailable")
        MODEL_UNAVAILABLE,
        /** The requested version is unknown; only with an explicit version. */
        @JsonProperty("unknown_version")
        UNKNOWN_VERSION,
        /** Also stands for reasons of later releases. */
        @JsonEnumDefaultValue
        @JsonProperty("internal_error")
        INTERNAL_ERROR,
        @JsonProperty("overloaded")
        OVERLOADED
    }
}
