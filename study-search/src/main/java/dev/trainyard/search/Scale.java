package dev.trainyard.search;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Scale on which the values of a number are spread evenly. */
public enum Scale {
    @JsonProperty("linear")
    LINEAR,
    @JsonProperty("log")
    LOG
}
