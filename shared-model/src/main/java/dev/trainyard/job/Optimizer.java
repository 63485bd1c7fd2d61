package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Optimizers that every engine supports. */
public enum Optimizer {
    @JsonProperty("adam")
    ADAM,
    @JsonProperty("sgd")
    SGD,
    @JsonProperty("rmsprop")
    RMSPROP
}
