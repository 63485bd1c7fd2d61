package dev.trainyard.standalone.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogLimitsTest {
    @Test
    void theDefaultsMatchTheReadme() throws Exception {
        assertThat(LogLimits.of(Map.of(), Map.of())).isEqualTo(new LogLimits(10L << 20, 3));
    }

    @Test
    void settingsOfThePlatformOverrideTheEnvironment() throws Exception {
        Map<String, String> environment = Map.of("TRAINYARD_LOG_SIZE", "1G", "TRAINYARD_LOG_FILES", "7");
        assertThat(LogLimits.of(Map.of("TRAINYARD_LOG_SIZE", "500K"), environment))
                .isEqualTo(new LogLimits(500L << 10, 7));
        assertThat(LogLimits.of(Map.of("TRAINYARD_LOG_SIZE", "123"), environment))
                .isEqualTo(new LogLimits(123, 7));
    }

    @Test
    void invalidSettingsAreReported() {
        assertThatThrownBy(() -> LogLimits.of(Map.of("TRAINYARD_LOG_SIZE", "much"), Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("TRAINYARD_LOG_SIZE must be a size such as");
        assertThatThrownBy(() -> LogLimits.of(Map.of("TRAINYARD_LOG_FILES", "-1"), Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("TRAINYARD_LOG_FILES must be a number");
    }
}
