package dev.trainyard.message;

import java.time.Instant;
import java.util.List;

/**
 * Status of a predictor. The key is its name; it is sent at each change, and periodically while the predictor runs.
 *
 * @param memoryLimit bytes that models may take
 * @param memoryHeld estimated bytes of the loaded models
 * @param problems requested versions that this predictor cannot serve
 */
public record PredictorStatus(
        int v, String predictor, long memoryLimit, long memoryHeld, List<Problem> problems, Instant at)
        implements Versioned {

    public PredictorStatus {
        problems = problems == null ? List.of() : List.copyOf(problems);
    }

    /**
     * One version that cannot be served.
     *
     * @param code {@code file_missing}, {@code file_damaged}, {@code file_unreadable}, {@code not_servable} or {@code
     *     no_memory}
     * @param detail the problem as a sentence
     * @param since when that was first found
     */
    public record Problem(String name, int version, String code, String detail, Instant since) {}

    /** @throws MalformedMessageException if the bytes are not a complete record of a known version */
    public static PredictorStatus read(byte[] json) throws MalformedMessageException {
        PredictorStatus status = WireJson.read(json, PredictorStatus.class);
        if (status.predictor() == null || status.at() == null) {
            throw new MalformedMessageException("PredictorStatus without name or time");
        }
        return status;
    }
}
