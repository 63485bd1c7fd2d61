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
     * @param probabilities one for each class, summing to 1
     */
    @JsonTypeName("answered")
    public record Answered(String model, int version, int prediction, float[] probabilities) implements Outcome {}

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
        @JsonProperty("internal_error")
        INTERNAL_ERROR
    }
}
