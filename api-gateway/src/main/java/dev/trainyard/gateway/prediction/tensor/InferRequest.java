package dev.trainyard.gateway.prediction.tensor;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An inference request, checked.
 *
 * @param id null where the client gave none
 * @param images {@code count * 784} values
 * @param outputs in the order asked for
 * @param timeout the client's, null for none
 */
record InferRequest(String id, float[] images, int count, List<Output> outputs, Duration timeout) {
    static final String INPUT = "image";
    static final int SIDE = 28;
    static final int PIXELS = SIDE * SIDE;
    /** Pictures of one request. */
    static final int MOST = 256;

    static final String PROBABILITIES = "probabilities";
    static final String PREDICTION = "prediction";
    static final List<String> OUTPUTS = List.of(PROBABILITIES, PREDICTION);

    /** An output that is wanted, and whether as bytes after the JSON. */
    record Output(String name, boolean binary) {}

    /** An output as the client wrote it; empty where it did not say in which form. */
    record RequestedOutput(String name, Optional<Boolean> binary) {}
}
