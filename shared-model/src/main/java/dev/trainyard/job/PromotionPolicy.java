package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Condition under which the model of a finished training becomes the active version. */
public enum PromotionPolicy {
    /** If its test accuracy is at least that of the active version. */
    @JsonProperty("auto")
    AUTO,
    @JsonProperty("always")
    ALWAYS,
    @JsonProperty("never")
    NEVER
}
