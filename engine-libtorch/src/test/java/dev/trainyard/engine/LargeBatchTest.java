package dev.trainyard.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.Activation;
import dev.trainyard.network.NetworkSpec;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A batch that libtorch gets in parts. */
class LargeBatchTest {
    private static final NetworkSpec SPEC = TrainingEngineContract.small(Activation.TANH);
    private static final TrainArgs ARGS = new TrainArgs(1_000, 1, 0.1, Optimizer.SGD, 7, 0);

    @Test
    void itsStepIsTheMeanOfTheStepsOfItsHalves() {
        ImageDataset all = Digits.train(1_000);
        List<double[]> start = parametersAfter(null);
        List<double[]> whole = parametersAfter(all);
        List<double[]> one = parametersAfter(all.select(IntStream.range(0, 500).toArray()));
        List<double[]> other =
                parametersAfter(all.select(IntStream.range(500, 1_000).toArray()));
        for (int p = 0; p < start.size(); p++) {
            for (int i = 0; i < start.get(p).length; i++) {
                double mean = (one.get(p)[i] + other.get(p)[i]) / 2;
                assertThat(whole.get(p)[i]).as("parameter %d at %d", p, i).isCloseTo(mean, within(1e-6));
            }
        }
        assertThat(whole.get(0)[0]).isNotEqualTo(start.get(0)[0]);
    }

    private static List<double[]> parametersAfter(ImageDataset batch) {
        try (EngineRun run = TrainOnce.engine("libtorch").start(SPEC, ARGS)) {
            if (batch != null) {
                assertThat(run.trainEpoch(batch, (samples, loss) -> {}).accuracy())
                        .isBetween(0.0, 1.0);
            }
            return ExportedModel.parameters(run);
        }
    }
}
