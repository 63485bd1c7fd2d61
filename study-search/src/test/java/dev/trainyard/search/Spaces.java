package dev.trainyard.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.List;

/** Search spaces of the tests. */
final class Spaces {
    private Spaces() {}

    static SearchSpace mixed() {
        return read("""
                {"/train_args/learning_rate": {"type": "float", "min": 1e-4, "max": 1e-1, "scale": "log"},
                 "/train_args/batch_size": {"type": "categorical", "values": [32, 64, 128]},
                 "/network": {"type": "categorical", "values": ["mlp", "lenet5"]},
                 "/network_args/layer_size": {"type": "int", "min": 1, "max": 512, "scale": "log", "when": {"/network": "mlp"}},
                 "/network_args/dropout_amount": {"type": "float", "min": 0, "max": 0.5, "step": 0.1, "when": {"/network": "mlp"}}}
                """);
    }

    /** 2 * 3 configurations of one branch and 4 of the other. */
    static SearchSpace small() {
        return read("""
                {"/kind": {"type": "categorical", "values": ["a", "b"]},
                 "/x": {"type": "int", "min": 1, "max": 3, "step": 2, "when": {"/kind": "a"}},
                 "/y": {"type": "float", "min": 0.1, "max": 0.35, "step": 0.1, "when": {"/kind": "a"}},
                 "/z": {"type": "int", "min": 1, "max": 4, "scale": "log", "when": {"/kind": "b"}}}
                """);
    }

    static SearchSpace read(String text) {
        List<Violation> violations = new ArrayList<>();
        return SearchSpace.read(json(text), json("{}"), "/space", violations)
                .orElseThrow(() -> new AssertionError(violations));
    }

    static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
