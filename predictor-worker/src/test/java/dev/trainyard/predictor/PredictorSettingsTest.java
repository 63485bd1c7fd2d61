package dev.trainyard.predictor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.predictor.runtime.PredictorSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PredictorSettingsTest {

    @Test
    void everySettingHasADefault() {
        PredictorSettings settings = TestSettings.defaults();

        assertThat(settings.artifacts().dir()).isEqualTo(Path.of(".trainyard/artifacts"));
        assertThat(settings.worker().name()).isEmpty();
        assertThat(settings.drain().limit()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.decode().threads()).isEmpty();
        assertThat(settings.decode().waiting()).isEqualTo(256);
        assertThat(settings.decode().limit()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.models().memory().asLongValue()).isEqualTo(256L << 20);
        assertThat(settings.models().preload()).containsExactly("DigitModel");
        assertThat(settings.state().dir()).isEqualTo(Path.of(".trainyard/predictor"));
    }

    @Test
    void memorySizesAcceptUnits() {
        assertThat(TestSettings.with("trainyard.models.memory", "2G")
                        .models()
                        .memory()
                        .asLongValue())
                .isEqualTo(2L << 30);
    }

    @Test
    void durationsAcceptUnits() {
        assertThat(TestSettings.with("trainyard.drain.limit", "500ms").drain().limit())
                .isEqualTo(Duration.ofMillis(500));
    }
}
