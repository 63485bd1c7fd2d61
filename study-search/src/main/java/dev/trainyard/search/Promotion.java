package dev.trainyard.search;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of the trials of a rung that do not go on. */
enum Promotion {
    /** They wait, and go on if a later result makes room for them. */
    @JsonProperty("pause")
    PAUSE,
    /** They are stopped. */
    @JsonProperty("stop")
    STOP
}
