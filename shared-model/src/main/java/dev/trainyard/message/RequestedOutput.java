package dev.trainyard.message;

import java.util.Arrays;
import java.util.Optional;

/** What a predict request asks for; the names are those of {@link PredictHeaders#REQUESTED_OUTPUT}. */
public enum RequestedOutput {
    /** {@link PredictReply.Answered}; meant where the header is missing. */
    PREDICTION("prediction"),
    /** {@link PredictReply.Explained}, or what a prediction would be answered that cannot be made. */
    EXPLANATION("explanation"),
    /** {@link PredictReply.Pictured}; needs no model. */
    PICTURE("picture");

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
