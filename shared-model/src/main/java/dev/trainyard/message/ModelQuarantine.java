package dev.trainyard.message;

import java.time.Instant;

/**
 * A model file that predictors do not load or run, because a predictor crashed while it ran. The key is the file's
 * SHA-256; releasing the quarantine deletes the record.
 *
 * @param sha256 SHA-256 of the file that ran
 * @param name model name known to the predictor
 * @param version model version known to the predictor
 * @param predictor name of the crashed predictor
 * @param cause the signal, such as {@code SIGFPE}, or how often the process ended without a trace
 * @param phase {@code load} or {@code run}
 */
public record ModelQuarantine(
        int v, String sha256, String name, int version, String predictor, String cause, String phase, Instant at)
        implements Versioned {

    /** @throws MalformedMessageException if the bytes are not a complete record of a known version */
    public static ModelQuarantine read(byte[] json) throws MalformedMessageException {
        ModelQuarantine quarantine = WireJson.read(json, ModelQuarantine.class);
        if (quarantine.sha256() == null || quarantine.name() == null) {
            throw new MalformedMessageException("ModelQuarantine without name or SHA-256");
        }
        return quarantine;
    }
}
