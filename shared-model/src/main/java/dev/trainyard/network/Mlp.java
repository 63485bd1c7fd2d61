package dev.trainyard.network;

import dev.trainyard.network.LayerSpec.Dense;
import dev.trainyard.network.LayerSpec.Dropout;
import dev.trainyard.network.LayerSpec.Flatten;
import dev.trainyard.network.LayerSpec.SoftmaxOutput;
import dev.trainyard.validation.FieldSpec;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Range;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Dense layers, each followed by dropout: {@code layer_sizes}, or {@code num_layers} of {@code layer_size}. */
final class Mlp implements Network {
    private static final int MAX_LAYERS = 16;
    private static final int MAX_UNITS = 4096;

    private static final FieldSpec<List<Integer>> LAYER_SIZES = FieldSpec.integers(
            "layer_sizes",
            "Layer sizes",
            "Units of each hidden layer, in order; instead of one size for all layers",
            MAX_LAYERS,
            Range.of(1, MAX_UNITS));
    private static final FieldSpec<Integer> LAYER_SIZE = FieldSpec.integer(
            "layer_size",
            "Layer size",
            "Units of every hidden layer; 128 without layer sizes",
            Range.of(1, MAX_UNITS),
            null);
    private static final FieldSpec<Integer> NUM_LAYERS = FieldSpec.integer(
            "num_layers", "Number of layers", "Hidden layers; 3 without layer sizes", Range.of(1, MAX_LAYERS), null);
    private static final FieldSpec<Activation> ACTIVATION = FieldSpec.word(
            "activation", "Activation", "Function applied to each hidden unit", Activation.class, Activation.RELU);
    private static final FieldSpec<Double> DROPOUT = FieldSpec.decimal(
            "dropout_amount",
            "Dropout",
            "Share of hidden units that are dropped at random in each training step",
            Range.below(0, 1),
            0.2);

    @Override
    public String name() {
        return "mlp";
    }

    @Override
    public String title() {
        return "Multilayer perceptron (dense layers)";
    }

    @Override
    public List<FieldSpec<?>> arguments() {
        return List.of(LAYER_SIZES, LAYER_SIZE, NUM_LAYERS, ACTIVATION, DROPOUT);
    }

    @Override
    public NetworkSpec spec(JsonFieldReader args, ImageShape input, int classes) {
        List<Integer> sizes = layerSizes(args);
        Activation activation = ACTIVATION.read(args);
        double dropout = DROPOUT.read(args);

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
        if (!args.has(LAYER_SIZES.name())) {
            return Collections.nCopies(NUM_LAYERS.read(args, 3), LAYER_SIZE.read(args, 128));
        }
        for (FieldSpec<Integer> other : List.of(LAYER_SIZE, NUM_LAYERS)) {
            if (args.has(other.name())) {
                args.reject(other.name(), "cannot be combined with layer_sizes; write one or the other");
            }
        }
        return LAYER_SIZES.read(args);
    }
}
