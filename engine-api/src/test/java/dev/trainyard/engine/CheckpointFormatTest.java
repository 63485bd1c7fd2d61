package dev.trainyard.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checkpoints of jobs that wait or are paused during an upgrade are continued after it. */
class CheckpointFormatTest {
    private static final TrainArgs ARGS = new TrainArgs(32, 9, 1e-4, Optimizer.ADAM, -42, 0.1);
    private final Locale locale = Locale.getDefault();

    @AfterEach
    void restore() {
        Locale.setDefault(locale);
    }

    @Test
    void theIdentityOfAJobWithoutAScheduleIsThatOfEarlierReleases() {
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        String earlier = "[vector 2, a network, TrainArgs[batchSize=32, epochs=9, learningRate=1.0E-4, optimizer=ADAM,"
                + " seed=-42, validationSplit=0.1]]";
        assertThat(CheckpointFormat.identity(ARGS, "vector 2", "a network"))
                .isEqualTo(FileArtifactStore.sha256(earlier.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void theIdentityHasTheScheduleAndNotTheEpochs() {
        TrainArgs first = new TrainArgs(32, 3, 1e-4, Optimizer.ADAM, -42, 0.1, 9);
        TrainArgs other = new TrainArgs(32, 3, 1e-4, Optimizer.ADAM, -42, 0.1, 10);
        assertThat(CheckpointFormat.identity(first, "e"))
                .isEqualTo(CheckpointFormat.identity(ARGS, "e"))
                .isNotEqualTo(CheckpointFormat.identity(other, "e"));
    }
}
