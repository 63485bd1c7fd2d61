package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonProperty;

/** When a finished training's model becomes the active version. */
public enum PromotionPolicy {
    /** If its test accuracy is not lower than the active version's. */
    @JsonProperty("auto")
    AUTO,
    @JsonProperty("always")
    ALWAYS,
    @JsonProperty("never")
    NEVER
}
