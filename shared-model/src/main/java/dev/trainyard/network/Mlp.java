package dev.trainyard.network;

import dev.trainyard.network.LayerSpec.Dense;
import dev.trainyard.network.LayerSpec.Dropout;
import dev.trainyard.network.LayerSpec.Flatten;
import dev.trainyard.network.LayerSpec.SoftmaxOutput;
import dev.trainyard.validation.JsonFieldReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Dense layers, each followed by dropout: {@code layer_sizes}, or {@code num_layers} of {@code layer_size}. */
final class Mlp implements Network {
    private static final int MAX_LAYERS = 16;
    private static final int MAX_UNITS = 4096;
    private static final Activation DEFAULT_ACTIVATION = Activation.RELU;
    private static final double DEFAULT_DROPOUT = 0.2;

    @Override
    public String name() {
        return "mlp";
    }

    @Override
    public String title() {
        return "Multilayer perceptron (dense layers)";
    }

    @Override
    public List<NetworkArgument> arguments() {
        return List.of(
                NetworkArgument.integers(
                        "layer_sizes",
                        "Layer sizes",
                        "Units of each hidden layer, in order; instead of one size for all layers",
                        MAX_LAYERS,
                        MAX_UNITS),
                NetworkArgument.integer(
                        "layer_size",
                        "Layer size",
                        "Units of every hidden layer; 128 without layer sizes",
                        1,
                        MAX_UNITS),
                NetworkArgument.integer(
                        "num_layers", "Number of layers", "Hidden layers; 3 without layer sizes", 1, MAX_LAYERS),
                NetworkArgument.activation(
                        "activation", "Activation", "Function applied to each hidden unit", DEFAULT_ACTIVATION),
                NetworkArgument.decimalBelow(
                        "dropout_amount",
                        "Dropout",
                        "Share of hidden units that are dropped at random in each training step",
                        0,
                        1,
                        DEFAULT_DROPOUT));
    }

    @Override
    public NetworkSpec spec(JsonFieldReader args, ImageShape input, int classes) {
        List<Integer> sizes = layerSizes(args);
        Activation activation = args.oneOf("activation", Activation.class, DEFAULT_ACTIVATION);
        double dropout = args.decimal("dropout_amount", DEFAULT_DROPOUT)
                .atLeast(0.0)
                .below(1.0)
                .get();

        List<LayerSpec> layers = new ArrayList<>();
        layers.add(new Flatten());
        for (int units : sizes) {
            layers.add(new Dense(units, activation));
            if (dropout > 0) {
                layers.add(new Dropout(dropout));
            }
        }
        layers.add(new SoftmaxOutput(classes));
        return new NetworkSpec(input, layers);
    }

    private static List<Integer> layerSizes(JsonFieldReader args) {
        if (!args.has("layer_sizes")) {
            int size = args.integer("layer_size", 128).between(1, MAX_UNITS).get();
            int count = args.integer("num_layers", 3).between(1, MAX_LAYERS).get();
            return Collections.nCopies(count, size);
        }
        for (String other : List.of("layer_size", "num_layers")) {
            if (args.has(other)) {
                args.reject(other, "cannot be combined with layer_sizes; write one or the other");
            }
        }
        return args.integers("layer_sizes", MAX_LAYERS, MAX_UNITS);
    }
}
