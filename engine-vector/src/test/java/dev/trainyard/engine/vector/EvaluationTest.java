package dev.trainyard.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.SharedWork;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.Activation;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationTest {
    /** With dropout, and images that are not whole vectors. */
    private static final NetworkSpec SPEC = new NetworkSpec(
            new ImageShape(1, 5, 5),
            List.of(
                    new LayerSpec.Convolution(3, 3, 1, Activation.TANH),
                    new LayerSpec.Dropout(0.5),
                    new LayerSpec.Flatten(),
                    new LayerSpec.Dense(9, Activation.RELU),
                    new LayerSpec.SoftmaxOutput(4)));

    private static final TrainArgs ARGS = new TrainArgs(32, 3, 0.001, Optimizer.ADAM, 1, 0);
    private final ImageDataset images = images(1_000);

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 64})
    void theNumberOfThreadsDoesNotChangeTheResult(int threads) {
        Score alone = evaluation(ScalarKernels::new, 1).score(images, (samples, loss) -> {});

        assertThat(evaluation(ScalarKernels::new, threads).score(images, (samples, loss) -> {}))
                .isEqualTo(alone);
    }

    @Test
    void kernelsGiveTheSameBits() {
        assertThat(evaluation(VectorKernels::new, 1).probabilities(images))
                .isDeepEqualTo(evaluation(ScalarKernels::new, 1).probabilities(images));
    }

    @Test
    void parametersAreThoseOfTheTrainedNetwork() {
        VectorRun run = VectorEngine.start(SPEC, ARGS, ScalarKernels::new, 1);
        float[][] before = run.probabilities(images);
        run.trainEpoch(images, (samples, loss) -> {});

        assertThat(Arrays.deepEquals(run.probabilities(images), before)).isFalse();
    }

    @Test
    void whatTheListenerThrowsEndsAllThreads() throws InterruptedException {
        Evaluation evaluation = evaluation(ScalarKernels::new, 4);
        assertThatThrownBy(() -> evaluation.score(images, (samples, loss) -> {
                    throw new IllegalStateException("stop");
                }))
                .hasMessage("stop");

        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals(SharedWork.THREAD)) {
                thread.join(10_000); // its work has ended, but its exit may still go on
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }

    @Test
    void anErrorOfAnotherThreadIsNotLost() {
        ImageDataset damaged = new ImageDataset(images.pixels(), images.labels().clone(), 5, 5, 1);
        damaged.labels()[990] = 100;

        assertThatThrownBy(() -> evaluation(ScalarKernels::new, 4).score(damaged, (samples, loss) -> {}))
                .hasStackTraceContaining("ArrayIndexOutOfBoundsException");
    }

    private static Evaluation evaluation(Supplier<Kernels> kernels, int threads) {
        VectorNetwork network = new VectorNetwork(SPEC, kernels.get());
        network.initialize(5);
        return new Evaluation(network, SPEC, kernels, threads);
    }

    private static ImageDataset images(int count) {
        Random random = new Random(3);
        byte[] pixels = new byte[count * 25];
        random.nextBytes(pixels);
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) random.nextInt(4);
        }
        return new ImageDataset(pixels, labels, 5, 5, 1);
    }
}
