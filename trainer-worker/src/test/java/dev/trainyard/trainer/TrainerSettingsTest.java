package dev.trainyard.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.trainer.faults.FaultyArtifactStore;
import dev.trainyard.trainer.runtime.TrainerSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TrainerSettingsTest {

    @Test
    void everySettingHasADefault() {
        TrainerSettings settings = TestSettings.defaults();

        assertThat(settings.artifacts().dir()).isEqualTo(Path.of(".trainyard/artifacts"));
        assertThat(settings.datasets().dir()).isEqualTo(Path.of(".trainyard/datasets"));
        assertThat(settings.worker().name()).isEmpty();
        assertThat(settings.engines()).containsExactly("dl4j");
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
    void faultsAreOffUnlessATestAsksForThem() {
        assertThat(TrainerProducers.artifacts(TestSettings.defaults())).isExactlyInstanceOf(FileArtifactStore.class);
        assertThat(TrainerProducers.artifacts(TestSettings.with("trainyard.faults.dir", "faults")))
                .isInstanceOf(FaultyArtifactStore.class);
    }

    @Test
    void aDurationIsReadAsPeopleWriteIt() {
        assertThat(TestSettings.with("trainyard.heartbeat.interval", "500ms")
                        .heartbeat()
                        .interval())
                .isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void whatAnImportMayTakeIsSet() {
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
