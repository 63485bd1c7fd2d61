package dev.trainyard.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.artifact.ArtifactBackend;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.trainer.faults.FaultyArtifactStore;
import dev.trainyard.trainer.runtime.TrainerSettings;
import io.smallrye.config.ConfigValidationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainerSettingsTest {
    private static final ArtifactBackend STORE = new FileArtifactStore(Path.of("artifacts"));

    @Test
    void everySettingHasADefault() {
        TrainerSettings settings = TestSettings.defaults();

        assertThat(settings.artifacts().dir()).isEqualTo(Path.of(".trainyard/artifacts"));
        assertThat(settings.datasets().dir()).isEqualTo(Path.of(".trainyard/datasets"));
        assertThat(settings.worker().name()).isEmpty();
        assertThat(settings.engines()).containsExactly("vector", "dl4j");
        assertThat(settings.pools()).containsExactly("default");
        assertThat(settings.device().choice()).isEqualTo("auto");
        assertThat(settings.device().memory()).isEmpty();
        assertThat(settings.device().nvidiaSmi()).isEqualTo("nvidia-smi");
        assertThat(settings.device().limit()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.engine().threads()).isEqualTo(1);
        assertThat(settings.heartbeat().interval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.progress().interval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.contact().limit()).isEqualTo(Duration.ofSeconds(45));
        assertThat(settings.drain().limit()).isEqualTo(Duration.ofSeconds(20));
        assertThat(settings.stop().limit()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.faults().dir()).isEmpty();
        assertThat(settings.imports().time()).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.imports().processor()).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.imports().memory().asLongValue()).isEqualTo(3L << 30);
        assertThat(settings.imports().run().processor()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.imports().run().memory().asLongValue()).isEqualTo(1L << 30);
    }

    @Test
    void faultsAreOffByDefault() {
        assertThat(TrainerProducers.artifacts(TestSettings.defaults(), STORE)).isSameAs(STORE);
        assertThat(TrainerProducers.artifacts(TestSettings.with("trainyard.faults.dir", "faults"), STORE))
                .isInstanceOf(FaultyArtifactStore.class);
    }

    @Test
    void durationsAcceptUnits() {
        assertThat(TestSettings.with("trainyard.heartbeat.interval", "500ms")
                        .heartbeat()
                        .interval())
                .isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void theDeviceAndItsMemoryAreSetUnderOneName() {
        TrainerSettings settings =
                TestSettings.with(Map.of("trainyard.device", "cuda:1", "trainyard.device.memory", "8G"));
        assertThat(settings.device().choice()).isEqualTo("cuda:1");
        assertThat(settings.device().memory().orElseThrow().asLongValue()).isEqualTo(8L << 30);
    }

    @Test
    void aTrainerServesSeveralPools() {
        assertThat(TestSettings.with("trainyard.pools", "gpu,default").pools()).containsExactly("gpu", "default");
        for (String bad : new String[] {"GPU", "dlq", "gpu,a b"}) {
            assertThatThrownBy(() -> TestSettings.with("trainyard.pools", bad).pools())
                    .as(bad)
                    .isInstanceOf(ConfigValidationException.class)
                    .hasMessageContaining("1 to 32 small letters");
        }
    }

    @Test
    void importLimitsAreSet() {
        assertThat(TestSettings.with("trainyard.import.run.processor", "500ms")
                        .imports()
                        .run()
                        .processor())
                .isEqualTo(Duration.ofMillis(500));
        assertThat(TestSettings.with("trainyard.import.memory", "2G")
                        .imports()
                        .memory()
                        .asLongValue())
                .isEqualTo(2L << 30);
    }
}
