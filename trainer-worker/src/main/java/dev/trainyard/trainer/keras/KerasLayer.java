package dev.trainyard.trainer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.trainyard.trainer.onnx.RejectedModelException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a Keras model, from its configuration.
 *
 * @param type such as {@code Conv2D}
 */
record KerasLayer(String type, String name, JsonNode config) {
    private static final String CHAIN = "The model's layers are not a single chain from one input to one output; %s."
            .formatted(KerasLayers.ONNX_INSTEAD);

    /**
     * The layers of a model in the order in which they run.
     *
     * @throws RejectedModelException if they do not form a chain
     */
    static List<KerasLayer> chain(JsonNode model) throws RejectedModelException {
        JsonNode config = model.path("config");
        // up to Keras 2.2.2, a Sequential model's config is the list itself
        JsonNode list = config.isArray() ? config : config.path("layers");
        if (!list.isArray() || list.isEmpty()) {
            throw new RejectedModelException(
                    "The model has no layers; save the whole model with model.save(\"weights.h5\").");
        }
        List<KerasLayer> layers = new ArrayList<>();
        for (JsonNode layer : list) {
            layers.add(of(layer));
        }
        String type = model.path("class_name").asText();
        return switch (type) {
            case "Sequential" -> layers;
            case "Model", "Functional" -> ordered(config, list, layers);
            default ->
                throw new RejectedModelException(
                        "The model is of the class %s; only Sequential and functional models are read. Or %s."
                                .formatted(type, KerasLayers.ONNX_INSTEAD));
        };
    }

    private static KerasLayer of(JsonNode layer) {
        JsonNode config = layer.path("config");
        String name = config.path("name").asText(layer.path("name").asText());
        return new KerasLayer(layer.path("class_name").asText(), name, config);
    }

    /** A functional model's layers from its input to its output. */
    private static List<KerasLayer> ordered(JsonNode config, JsonNode list, List<KerasLayer> layers)
            throws RejectedModelException {
        Map<String, Integer> byName = new HashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            byName.put(layers.get(i).name(), i);
        }
        if (config.path("input_layers").size() != 1
                || config.path("output_layers").size() != 1) {
            throw new RejectedModelException(CHAIN);
        }
        List<KerasLayer> chain = new ArrayList<>();
        @Nullable String name = config.at("/output_layers/0/0").asText();
        while (name != null) {
            Integer at = byName.remove(name); // prevents an endless loop in a cycle
            if (at == null) {
                throw new RejectedModelException(CHAIN);
            }
            chain.add(0, layers.get(at));
            name = source(list.get(at));
        }
        if (!byName.isEmpty()) {
            throw new RejectedModelException(CHAIN);
        }
        return chain;
    }

    /** The layer whose output is the input of this one; null for an input layer. */
    private static @Nullable String source(JsonNode layer) throws RejectedModelException {
        JsonNode nodes = layer.path("inbound_nodes");
        if (nodes.isEmpty() && layer.path("class_name").asText().equals("InputLayer")) {
            return null;
        }
        if (nodes.size() != 1 || nodes.get(0).size() != 1 || !nodes.at("/0/0/0").isTextual()) {
            throw new RejectedModelException(CHAIN);
        }
        return nodes.at("/0/0/0").asText();
    }

    JsonNode get(String parameter) {
        JsonNode value = config.path(parameter);
        return value.isNull() ? MissingNode.getInstance() : value;
    }

    boolean has(String parameter) {
        return !get(parameter).isMissingNode();
    }

    String text(String parameter, String otherwise) {
        return get(parameter).asText(otherwise);
    }

    boolean flag(String parameter, boolean otherwise) {
        return get(parameter).asBoolean(otherwise);
    }

    int integer(String parameter, int otherwise) {
        return get(parameter).asInt(otherwise);
    }

    /** A number; some versions wrap it as {@code {"type": "ndarray", "value": 0.3}}. */
    double number(String parameter, double otherwise) throws RejectedModelException {
        JsonNode value = get(parameter);
        if (value.isObject()) {
            value = value.has("value") ? value.path("value") : value.at("/config/value");
        }
        if (value.isArray() && value.size() == 1) {
            value = value.get(0);
        }
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isNumber() || !Float.isFinite((float) value.asDouble())) {
            throw rejected("has %s = %s, which is not a number".formatted(parameter, value));
        }
        return value.asDouble();
    }

    /** Two numbers, for rows and columns; a single number applies to both. */
    int[] pair(String parameter, int otherwise) throws RejectedModelException {
        JsonNode value = get(parameter);
        int[] numbers = value.isArray()
                ? StreamSupport.stream(value.spliterator(), false)
                        .mapToInt(JsonNode::asInt)
                        .toArray()
                : new int[] {value.asInt(otherwise), value.asInt(otherwise)};
        if (numbers.length != 2 || numbers[0] < 1 || numbers[1] < 1 || Math.max(numbers[0], numbers[1]) > 1_000) {
            throw rejected("has %s = %s; expected two numbers from 1 to 1000".formatted(parameter, value));
        }
        return numbers;
    }

    RejectedModelException rejected(String why) {
        return new RejectedModelException(
                "Layer %s (%s) %s. Change the model, or %s.".formatted(name, type, why, KerasLayers.ONNX_INSTEAD));
    }
}
