package dev.trainyard.search;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The results that a decision uses. */
public enum Order {
    /** All that have arrived. */
    @JsonProperty("arrival")
    ARRIVAL,
    /** Those of earlier trials, which decisions wait for, so that the outcome does not depend on the number of trainers. */
    @JsonProperty("fixed")
    FIXED
}
