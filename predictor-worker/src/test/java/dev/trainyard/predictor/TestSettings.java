package dev.trainyard.predictor;

import dev.trainyard.predictor.runtime.PredictorSettings;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.util.Map;

/** Settings with the service's defaults, created without the service. */
final class TestSettings {
    private TestSettings() {}

    static PredictorSettings defaults() {
        return from(Map.of());
    }

    static PredictorSettings with(String name, String value) {
        return from(Map.of(name, value));
    }

    /** With all that it writes in {@code dir}. */
    static PredictorSettings in(Path dir) {
        return from(Map.of(
                "trainyard.artifacts.dir", dir.resolve("artifacts").toString(),
                "trainyard.state.dir", dir.resolve("state").toString()));
    }

    private static PredictorSettings from(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withConverter(java.time.Duration.class, 300, new io.quarkus.runtime.configuration.DurationConverter())
                .withConverter(
                        io.quarkus.runtime.configuration.MemorySize.class,
                        300,
                        new io.quarkus.runtime.configuration.MemorySizeConverter())
                .withMapping(PredictorSettings.class)
                .withSources(new PropertiesConfigSource(properties, "test", 500))
                .build()
                .getConfigMapping(PredictorSettings.class);
    }
}
