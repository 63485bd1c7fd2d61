package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** State of a study. The names are part of the API and of stored studies. */
enum StudyStatus {
    @JsonProperty("running")
    RUNNING,
    /** Its trials are paused, and it decides nothing. */
    @JsonProperty("paused")
    PAUSED,
    /** It ended with a best trial. */
    @JsonProperty("completed")
    COMPLETED,
    /** It ended without a trial that reported a result. */
    @JsonProperty("failed")
    FAILED,
    @JsonProperty("cancelled")
    CANCELLED;

    boolean isEnded() {
        return this != RUNNING && this != PAUSED;
    }

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static StudyStatus of(String wireName) {
        return valueOf(wireName.toUpperCase(Locale.ROOT));
    }
}
