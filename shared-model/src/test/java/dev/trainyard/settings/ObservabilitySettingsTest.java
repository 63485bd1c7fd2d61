package dev.trainyard.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ObservabilitySettingsTest {
    private static final String DISABLED = "quarkus.otel.sdk.disabled";
    private static final String JSON = "quarkus.log.console.json.enabled";

    @Test
    void nothingIsTracedWithoutAnEndpoint() {
        SmallRyeConfig config = config(Map.of());
        assertThat(config.getValue(DISABLED, Boolean.class)).isTrue();
        assertThat(config.getValue(JSON, Boolean.class)).isFalse();
        assertThat(config(Map.of("trainyard.traces.endpoint", " ")).getValue(DISABLED, Boolean.class))
                .isTrue();
    }

    @Test
    void anEndpointTurnsTracesOn() {
        SmallRyeConfig config = config(Map.of("trainyard.traces.endpoint", "http://collector:4317"));
        assertThat(config.getValue(DISABLED, Boolean.class)).isFalse();
        assertThat(config.getValue("quarkus.otel.exporter.otlp.endpoint", String.class))
                .isEqualTo("http://collector:4317");
    }

    @Test
    void theFormatOfTheLogIsOneWord() {
        assertThat(config(Map.of("trainyard.log.format", "json")).getValue(JSON, Boolean.class))
                .isTrue();
        assertThat(config(Map.of("trainyard.log.format", "text")).getValue(JSON, Boolean.class))
                .isFalse();
        assertThatThrownBy(() -> config(Map.of("trainyard.log.format", "xml")).getValue(JSON, Boolean.class))
                .hasMessageContaining("trainyard.log.format is xml; it must be text or json");
    }

    @Test
    void theFrameworksOwnSettingsHavePrecedence() {
        assertThat(config(Map.of("trainyard.traces.endpoint", "http://a", DISABLED, "true"))
                        .getValue(DISABLED, Boolean.class))
                .isTrue();
        assertThat(config(Map.of(JSON, "true")).getValue(JSON, Boolean.class)).isTrue();
    }

    /** @param user settings in the environment, beside those of the application */
    private static SmallRyeConfig config(Map<String, String> user) {
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(user, "environment", 300))
                .withSources(new PropertiesConfigSource(Map.of(DISABLED, "true", JSON, "false"), "jar", 250))
                .withInterceptors(new ObservabilitySettings())
                .build();
    }
}
