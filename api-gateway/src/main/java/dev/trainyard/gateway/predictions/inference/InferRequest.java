package dev.trainyard.gateway.predictions.inference;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A validated inference request.
 *
 * @param id null if the client sent none
 * @param images {@code count * 784} values
 * @param outputs in the requested order
 * @param timeout of the client
 */
record InferRequest(
        @Nullable String id,
        float[] images,
        int count,
        List<Output> outputs,
        @Nullable Duration timeout) {
    static final String INPUT = "image";
    static final int SIDE = 28;
    static final int PIXELS = SIDE * SIDE;
    /** Largest number of images in one request. */
    static final int MAX_IMAGES = 256;

    static final String PROBABILITIES = "probabilities";
    static final String PREDICTION = "prediction";
    static final List<String> OUTPUTS = List.of(PROBABILITIES, PREDICTION);

    /** A requested output; {@code binary} if it is sent as bytes after the JSON. */
    record Output(String name, boolean binary) {}

    /** An output as the client requested it; {@code binary} is empty if the client did not specify the form. */
    record RequestedOutput(String name, Optional<Boolean> binary) {}
}
