package dev.trainyard.trainer;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/** Settings with the service's defaults, created without the service. */
final class TestSettings {
    private TestSettings() {}

    static TrainerSettings defaults() {
        return with(Map.of());
    }

    static TrainerSettings with(String name, String value) {
        return with(Map.of(name, value));
    }

    static TrainerSettings with(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withConverter(java.time.Duration.class, 300, new io.quarkus.runtime.configuration.DurationConverter())
                .withConverter(
                        io.quarkus.runtime.configuration.MemorySize.class,
                        300,
                        new io.quarkus.runtime.configuration.MemorySizeConverter())
                .withMapping(TrainerSettings.class)
                .withSources(new PropertiesConfigSource(properties, "test", 500))
                .build()
                .getConfigMapping(TrainerSettings.class);
    }
}
