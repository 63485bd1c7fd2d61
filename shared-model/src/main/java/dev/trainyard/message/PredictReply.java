package dev.trainyard.message;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** What a predictor answers to one request. */
public record PredictReply(int v, Outcome outcome) implements Versioned {

    /** @throws MalformedMessageException if the bytes are no whole reply of a known version */
    public static PredictReply read(byte[] json) throws MalformedMessageException {
        PredictReply reply = WireJson.read(json, PredictReply.class);
        boolean whole = reply.outcome() != null;
        if (reply.outcome() instanceof Answered answered) {
            float[] all = answered.probabilities();
            whole = all != null && answered.prediction() >= 0 && answered.prediction() < all.length;
        } else if (reply.outcome() instanceof Unavailable unavailable) {
            whole = unavailable.reason() != null;
        }
        if (!whole) {
            throw new MalformedMessageException("PredictReply without outcome, reason or the probability it names");
        }
        return reply;
    }

    /** The ways a request can end. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(Answered.class),
        @JsonSubTypes.Type(Explained.class),
        @JsonSubTypes.Type(Pictured.class),
        @JsonSubTypes.Type(Rejected.class),
        @JsonSubTypes.Type(Unavailable.class)
    })
    public sealed interface Outcome {}

    /**
     * The model's answer.
     *
     * @param prediction class with the highest probability
     * @param probabilities one for each class, summing to 1; calibrated if the model has a trust pack
     * @param trust null if the model has no trust pack
     */
    @JsonTypeName("answered")
    public record Answered(String model, int version, int prediction, float[] probabilities, Trust trust)
            implements Outcome {}

    /**
     * What the model's trust pack says of the picture.
     *
     * @param predictionSet classes that fit, none for an outlier
     * @param score how unlike a digit; above {@code threshold} the picture is an outlier
     */
    public record Trust(int[] predictionSet, boolean outlier, double score, double threshold) {}

    /**
     * The model's answer and what it rests on.
     *
     * @param picture what the model saw, 28 * 28 unsigned bytes, row-major, a light digit on black
     * @param occlusion 28 rows of 28: how much the probability of the prediction falls when the surroundings of that
     *     pixel are blanked; below 0 where it grows
     */
    @JsonTypeName("explained")
    public record Explained(Answered answered, byte[] picture, float[][] occlusion) implements Outcome {}

    /** What a model would see: 28 * 28 unsigned bytes, row-major, a light digit on black. */
    @JsonTypeName("pictured")
    public record Pictured(byte[] picture) implements Outcome {}

    /** The bytes are no picture that can be read; the message says why, for the client. */
    @JsonTypeName("rejected")
    public record Rejected(String message) implements Outcome {}

    /** This predictor cannot answer now; the message says what is missing. */
    @JsonTypeName("unavailable")
    public record Unavailable(Reason reason, String message) implements Outcome {}

    /** Why a predictor could not answer. */
    public enum Reason {
        @JsonProperty("no_active_model")
        NO_ACTIVE_MODEL,
        /** The version exists and cannot be loaded here; only where a version was asked for. */
        @JsonProperty("model_unavailable")
        MODEL_UNAVAILABLE,
        /** No such version is known here; only where a version was asked for. */
        @JsonProperty("unknown_version")
        UNKNOWN_VERSION,
        /** Also any reason that only later releases know. */
        @JsonEnumDefaultValue
        @JsonProperty("internal_error")
        INTERNAL_ERROR,
        @JsonProperty("overloaded")
        OVERLOADED
    }
}
