package dev.trainyard.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** What a predictor answers to one request. */
public record PredictReply(int v, Outcome outcome) implements Versioned {

    /** The ways a request can end. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(Answered.class),
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
        @JsonProperty("internal_error")
        INTERNAL_ERROR
    }
}
