package dev.trainyard.predictor;

import dev.trainyard.predictor.runtime.PredictorSettings;
import dev.trainyard.worker.testing.SettingsBuilder;
import java.nio.file.Path;
import java.util.Map;

/** Settings with the service's defaults, created without the service. */
final class TestSettings {
    private TestSettings() {}

    static PredictorSettings defaults() {
        return SettingsBuilder.of(PredictorSettings.class, Map.of());
    }

    static PredictorSettings with(String name, String value) {
        return SettingsBuilder.of(PredictorSettings.class, Map.of(name, value));
    }

    /** Settings with all paths in {@code dir}. */
    static PredictorSettings in(Path dir) {
        return SettingsBuilder.of(
                PredictorSettings.class,
                Map.of(
                        "trainyard.artifacts.dir", dir.resolve("artifacts").toString(),
                        "trainyard.state.dir", dir.resolve("state").toString()));
    }
}
