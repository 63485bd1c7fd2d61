package dev.trainyard.trainer;

import dev.trainyard.trainer.runtime.TrainerSettings;
import dev.trainyard.worker.testing.SettingsBuilder;
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
        return SettingsBuilder.of(TrainerSettings.class, properties);
    }
}
