package dev.trainyard.network;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Activation functions that the engines and ONNX define identically, including default constants. */
public enum Activation {
    @JsonProperty("relu")
    RELU,
    @JsonProperty("tanh")
    TANH,
    @JsonProperty("sigmoid")
    SIGMOID,
    /** alpha = 1. */
    @JsonProperty("elu")
    ELU,
    /** alpha = 1.6732632, gamma = 1.0507010. */
    @JsonProperty("selu")
    SELU,
    /** alpha = 0.01. */
    @JsonProperty("leaky_relu")
    LEAKY_RELU,
    @JsonProperty("softplus")
    SOFTPLUS,
    @JsonProperty("softsign")
    SOFTSIGN,
    @JsonProperty("linear")
    LINEAR;
}
