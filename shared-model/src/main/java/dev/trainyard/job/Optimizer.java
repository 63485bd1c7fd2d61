package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The optimizers that an engine must offer. */
public enum Optimizer {
    @JsonProperty("adam")
    ADAM,
    @JsonProperty("sgd")
    SGD,
    @JsonProperty("rmsprop")
    RMSPROP
}
