package dev.trainyard.message;

import java.time.Instant;
import java.util.List;

/**
 * What a predictor reports of itself, keyed by its name: at each change, and at intervals while it lives.
 *
 * @param memoryLimit bytes that models may take
 * @param memoryHeld bytes that the models in memory take, as estimated
 * @param problems versions that this predictor was asked for and cannot serve
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
     * @param code {@code file_missing}, {@code file_damaged}, {@code file_unreadable}, {@code not_servable} or
     *     {@code no_memory}
     * @param detail what is wrong, as a sentence
     * @param since when that was first found
     */
    public record Problem(String name, int version, String code, String detail, Instant since) {}

    /** @throws MalformedMessageException if the bytes are no whole record of a known version */
    public static PredictorStatus read(byte[] json) throws MalformedMessageException {
        PredictorStatus status = WireJson.read(json, PredictorStatus.class);
        if (status.predictor() == null || status.at() == null) {
            throw new MalformedMessageException("PredictorStatus without name or time");
        }
        return status;
    }
}
