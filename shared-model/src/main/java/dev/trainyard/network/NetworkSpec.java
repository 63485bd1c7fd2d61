package dev.trainyard.network;

import java.util.List;

/** A network as data: its input shape and its layers in order, ending with the output layer. */
public record NetworkSpec(ImageShape input, List<LayerSpec> layers) {
    public NetworkSpec {
        layers = List.copyOf(layers);
        if (layers.isEmpty() || !(layers.get(layers.size() - 1) instanceof LayerSpec.SoftmaxOutput)) {
            throw new IllegalArgumentException("the last layer of a network is its softmax output");
        }
    }

    public int classes() {
        return ((LayerSpec.SoftmaxOutput) layers.get(layers.size() - 1)).classes();
    }
}
