package dev.trainyard.trainer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.engine.onnx.OnnxProtos;
import dev.trainyard.trainer.onnx.RejectedModelException;

/** Converts Keras activations, with their parameters, to ONNX operators. */
final class KerasActivations {
    private static final String KNOWN =
            "linear, relu, relu6, leaky_relu, elu, selu, sigmoid, hard_sigmoid, tanh, softplus, softsign, softmax, exponential, swish, silu, gelu";
    /** Default slope of tf.nn.leaky_relu. */
    private static final double LEAK_OF_FUNCTION = 0.2;

    private static final double LEAK_OF_LAYER = 0.3;
    private static final double RELU6 = 6;
    private static final float HARD_SLOPE = 0.2f;
    private static final float HARD_OFFSET = 0.5f;

    private final OnnxChainBuilder chain;

    KerasActivations(OnnxChainBuilder chain) {
        this.chain = chain;
    }

    /** Converts the parameter {@code activation} of a layer: a name, or a serialized layer or function. */
    void add(KerasLayer layer) throws RejectedModelException {
        JsonNode activation = layer.get("activation");
        if (activation.isObject() && activation.path("config").isObject()) {
            KerasLayer inner =
                    new KerasLayer(activation.path("class_name").asText(), layer.name(), activation.path("config"));
            if (!addLayer(inner)) {
                throw unknown(layer, activation.path("class_name").asText());
            }
            return;
        }
        String name = activation.isObject()
                ? activation.path("config").asText(activation.path("class_name").asText())
                : activation.asText("linear");
        function(layer, name);
    }

    /** If the layer is an activation, adds its operators and returns true. */
    boolean addLayer(KerasLayer layer) throws RejectedModelException {
        switch (layer.type()) {
            case "Activation" -> add(layer);
            case "ReLU" ->
                relu(
                        layer.has("max_value") ? layer.number("max_value", 0) : Double.NaN,
                        layer.number("negative_slope", 0),
                        layer.number("threshold", 0));
            case "LeakyReLU" ->
                alpha("LeakyRelu", layer.number("alpha", layer.number("negative_slope", LEAK_OF_LAYER)));
            case "ELU" -> alpha("Elu", layer.number("alpha", 1));
            case "ThresholdedReLU" -> alpha("ThresholdedRelu", layer.number("theta", 1));
            case "Softmax" -> softmax(layer);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void function(KerasLayer layer, String name) throws RejectedModelException {
        switch (name) {
            case "linear" -> {
                // linear: no operator
            }
            case "relu" -> chain.then("Relu");
            case "relu6" -> relu(RELU6, 0, 0);
            case "leaky_relu" -> alpha("LeakyRelu", LEAK_OF_FUNCTION);
            case "elu" -> alpha("Elu", 1);
            case "selu" -> chain.then("Selu");
            case "sigmoid" -> chain.then("Sigmoid");
            case "tanh" -> chain.then("Tanh");
            case "softplus" -> chain.then("Softplus");
            case "softsign" -> chain.then("Softsign");
            case "softmax" -> chain.then("Softmax").addAttribute(OnnxProtos.integer("axis", 1));
            case "exponential" -> chain.then("Exp");
            case "hard_sigmoid" ->
                chain.then("HardSigmoid")
                        .addAttribute(OnnxProtos.number("alpha", HARD_SLOPE))
                        .addAttribute(OnnxProtos.number("beta", HARD_OFFSET));
            case "swish", "silu" -> {
                String given = chain.last();
                chain.then("Sigmoid");
                chain.of("Mul", given, chain.last());
            }
            case "gelu" -> gelu();
            default -> throw unknown(layer, name);
        }
    }

    private void alpha(String operator, double alpha) {
        chain.then(operator).addAttribute(OnnxProtos.number("alpha", (float) alpha));
    }

    /**
     * ReLU as Keras 2 computes it: the part above the threshold, up to the maximum, minus the slope times the part
     * below it.
     *
     * @param most NaN for no maximum
     */
    private void relu(double most, double slope, double threshold) {
        String given = chain.last();
        if (Double.isNaN(most) && threshold == 0 && slope != 0) {
            alpha("LeakyRelu", slope);
            return;
        }
        if (threshold == 0) {
            chain.then("Relu");
        } else {
            alpha("ThresholdedRelu", threshold);
        }
        if (!Double.isNaN(most)) {
            chain.then("Clip", chain.constant(0), chain.constant(most));
        }
        if (slope != 0) {
            String above = chain.last();
            chain.of("Sub", chain.constant(threshold), given);
            chain.then("Relu");
            chain.then("Mul", chain.constant(slope));
            chain.of("Sub", above, chain.last());
        }
    }

    private void gelu() {
        String given = chain.last();
        chain.then("Mul", chain.constant(Math.sqrt(0.5)));
        chain.then("Erf");
        chain.then("Add", chain.constant(1));
        chain.then("Mul", chain.constant(0.5));
        chain.of("Mul", given, chain.last());
    }

    private void softmax(KerasLayer layer) throws RejectedModelException {
        JsonNode axis = layer.get("axis");
        int over = (axis.isArray() && axis.size() == 1 ? axis.get(0) : axis).asInt(-1);
        if (axis.isArray() && axis.size() != 1 || over != -1 && over != 1) {
            throw layer.rejected("has axis = %s; the softmax must be over the classes, the last axis".formatted(axis));
        }
        chain.then("Softmax").addAttribute(OnnxProtos.integer("axis", 1));
    }

    private static RejectedModelException unknown(KerasLayer layer, String name) {
        return layer.rejected("has the activation %s; known are %s".formatted(name, KNOWN));
    }
}
