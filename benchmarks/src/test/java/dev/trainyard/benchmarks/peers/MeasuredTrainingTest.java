package dev.trainyard.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasuredTrainingTest {
    @TempDir
    Path folder;

    @Test
    void theRateIsThatOfTheSecondEpoch() throws Exception {
        MeasuredTraining run =
                measure("echo rate 10 1.5; echo a warning; echo rate 30 0.5; echo rate 20 1; echo accuracy 0.98");

        assertThat(run.rate()).isEqualTo(30);
        assertThat(run.cores()).isEqualTo(0.5);
        assertThat(run.accuracy()).isEqualTo(0.98);
        assertThat(run.seconds()).isBetween(0.0, 60.0);
    }

    @Test
    void aTrainingThatFailsIsNotMeasured() {
        assertRefused("echo rate 10 1; echo rate 10 1; echo accuracy 0.98; exit 3");
        assertRefused("echo rate 10 1; echo accuracy 0.98");
        assertRefused("echo rate 10 1; echo rate 10 1");
    }

    private void assertRefused(String script) {
        assertThatThrownBy(() -> measure(script))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder.resolve("log").toString());
    }

    private MeasuredTraining measure(String script) throws Exception {
        return MeasuredTraining.of(new ProcessBuilder("sh", "-c", script), folder.resolve("log"));
    }
}
