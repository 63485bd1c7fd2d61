package dev.trainyard.network;

/** One layer of a network as data. Engines and exporters depend on layers, never on network names. */
public sealed interface LayerSpec {

    /** 2-D convolution, stride 1, with bias; input padded by {@code padding} zeros on each side. */
    record Convolution(int filters, int kernel, int padding, Activation activation) implements LayerSpec {}

    /** Maximum over windows of {@code size} × {@code size}, stride {@code size}, no padding. */
    record MaxPooling(int size) implements LayerSpec {}

    /** Flattens channels, rows, columns in this order to one vector. */
    record Flatten() implements LayerSpec {}

    record Dense(int units, Activation activation) implements LayerSpec {}

    /** During training, drops each value with probability {@code rate} and scales the others by 1/(1-rate). */
    record Dropout(double rate) implements LayerSpec {}

    /** Dense layer with softmax; trained with cross-entropy. Always the last. */
    record SoftmaxOutput(int classes) implements LayerSpec {}
}
