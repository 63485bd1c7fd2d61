package dev.trainyard.gateway.studies;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a study publishes once it has completed. */
enum Publishing {
    /** The model of the best trial. */
    @JsonProperty("best")
    BEST,
    @JsonProperty("none")
    NONE
}
