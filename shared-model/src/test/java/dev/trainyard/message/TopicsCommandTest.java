package dev.trainyard.message;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ComposeBrokerTest runs the command on a broker. */
class TopicsCommandTest {
    @ParameterizedTest
    @CsvSource({
        "TRAINYARD_POOLS, GPU",
        "TRAINYARD_POOLS, 'default,'",
        "TRAINYARD_POOLS, dlq",
        "TRAINYARD_TOPICS_REPLICATION_FACTOR, three",
        "TRAINYARD_TOPICS_MIN_INSYNC_REPLICAS, 2.5"
    })
    void aWrongVariableIsNamed(String variable, String value) {
        assertThatThrownBy(() -> TopicsCommand.run(Map.of(variable, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(variable + ": \"");
    }
}
