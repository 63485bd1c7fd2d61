package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Why a study ended. The names are part of the API and of stored studies. */
enum EndReason {
    /** All trials ran, and no rung has a trial to promote. */
    @JsonProperty("completed")
    COMPLETED,
    /** Every configuration of the space was tried. */
    @JsonProperty("space_exhausted")
    SPACE_EXHAUSTED,
    @JsonProperty("max_failed_trials")
    MAX_FAILED_TRIALS,
    @JsonProperty("max_seconds")
    MAX_SECONDS,
    /** The next trial or promotion needs more epochs than are left. */
    @JsonProperty("max_epochs_total")
    MAX_EPOCHS_TOTAL,
    @JsonProperty("cancelled")
    CANCELLED,
    /** The sampler or the pruner failed; the log of the gateway has the cause. */
    @JsonProperty("internal_error")
    INTERNAL_ERROR;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static EndReason of(String wireName) {
        return valueOf(wireName.toUpperCase(Locale.ROOT));
    }
}
