package dev.trainyard.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SearchSpaceTest {
    private final List<Violation> violations = new ArrayList<>();

    @Test
    void spaceOfAStudy() throws Exception {
        SearchSpace space = SearchSpace.read(
                        json("""
                        {"/train_args/learning_rate": {"type": "float", "min": 1e-4, "max": 1e-1, "scale": "log"},
                         "/train_args/batch_size": {"type": "categorical", "values": [32, 64, 128]},
                         "/network_args/layer_size": {"type": "int", "min": 32, "max": 512, "step": 32},
                         "/network_args/dropout_amount": {"type": "float", "min": 0, "max": 0.5, "when": {"/network": "mlp"}}}
                        """),
                        json("{\"network\":\"mlp\"}"),
                        "/space",
                        violations)
                .orElseThrow();
        assertThat(violations).isEmpty();
        assertThat(space.size()).isEmpty();
        assertThat(space.parameters().keySet())
                .containsExactly(
                        "/network_args/dropout_amount",
                        "/network_args/layer_size",
                        "/train_args/batch_size",
                        "/train_args/learning_rate");
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return new ObjectMapper().readTree(text);
    }
}
