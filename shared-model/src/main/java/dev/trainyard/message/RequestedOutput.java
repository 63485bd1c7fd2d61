package dev.trainyard.message;

import java.util.Arrays;
import java.util.Optional;

/** Requested output of a predict request; the wire names are those of {@link PredictHeaders#REQUESTED_OUTPUT}. */
public enum RequestedOutput {
    /** {@link PredictReply.Answered}; the default. */
    PREDICTION("prediction"),
    /** {@link PredictReply.Explained}, or the outcome of the prediction if it fails. */
    EXPLANATION("explanation"),
    /** {@link PredictReply.InputImage}; needs no model. */
    IMAGE("picture");

    private final String wireName;

    RequestedOutput(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    public static Optional<RequestedOutput> find(String wireName) {
        return Arrays.stream(values())
                .filter(want -> want.wireName.equals(wireName))
                .findFirst();
    }
}
