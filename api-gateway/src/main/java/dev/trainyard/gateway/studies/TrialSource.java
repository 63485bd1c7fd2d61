package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Where the configuration of a trial is from. The names are part of the API and of stored trials. */
enum TrialSource {
    @JsonProperty("sampler")
    SAMPLER,
    /** Listed in the request. */
    @JsonProperty("enqueued")
    ENQUEUED;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static TrialSource of(String wireName) {
        return valueOf(wireName.toUpperCase(Locale.ROOT));
    }
}
