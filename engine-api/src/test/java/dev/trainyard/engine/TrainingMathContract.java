package dev.trainyard.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.Activation;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gradients and updates of an engine against differences of {@link ReferenceNetwork}'s loss; its test extends this. */
public abstract class TrainingMathContract {
    private static final BatchListener SILENT = (samples, loss) -> {};
    private static final double RATE = 0.25;
    private static final double STEP = 1e-6;
    private static final int CLASSES = 4;
    private static final ImageDataset IMAGES = noise(6);

    protected abstract TrainingEngine engine();

    /** Plain descent moves each weight by the gradient, through convolutions, pooling and dense layers. */
    @ParameterizedTest
    @EnumSource(Activation.class)
    void gradientsEqualFiniteDifferences(Activation activation) {
        try (EngineRun run = engine().start(spec(activation), args(Optimizer.SGD, 2, RATE))) {
            // biases that start at zero put outputs of dead inputs at the kink of ReLU
            run.trainEpoch(IMAGES, SILENT);
            List<double[]> before = ExportedModel.parameters(run);
            List<double[]> gradient = gradient(spec(activation), before);
            run.trainEpoch(IMAGES, SILENT);
            assertMoved(before, ExportedModel.parameters(run), gradient, g -> RATE / 2 * g);
        }
    }

    /** Half a cosine from the rate to zero with one step per epoch: the second of two epochs has half the rate. */
    @Test
    void theLearningRateFollowsACosine() {
        NetworkSpec spec = spec(Activation.TANH);
        try (EngineRun run = engine().start(spec, args(Optimizer.SGD, 2, RATE))) {
            run.trainEpoch(IMAGES, SILENT);
            List<double[]> before = ExportedModel.parameters(run);
            List<double[]> gradient = gradient(spec, before);
            run.trainEpoch(IMAGES, SILENT);
            assertMoved(before, ExportedModel.parameters(run), gradient, g -> RATE / 2 * g);
        }
    }

    /** With decay rates 0.9 and 0.999 and epsilon 1e-8, bias-corrected. */
    @Test
    void adamUpdatesByItsMoments() {
        checkTwoSteps(Optimizer.ADAM, (first, second, step) -> {
            double m = step == 1 ? 0.1 * first : 0.09 * first + 0.1 * second;
            double v = step == 1 ? 0.001 * first * first : 0.000999 * first * first + 0.001 * second * second;
            double corrected = Math.sqrt(1 - Math.pow(0.999, step)) / (1 - Math.pow(0.9, step));
            return corrected * m / (Math.sqrt(v) + 1e-8);
        });
    }

    /** With decay rate 0.95 and epsilon 1e-8, which is also where the mean of squares starts. */
    @Test
    void rmsPropUpdatesByItsMeanOfSquares() {
        checkTwoSteps(Optimizer.RMSPROP, (first, second, step) -> {
            double once = 0.95 * 1e-8 + 0.05 * first * first;
            double mean = step == 1 ? once : 0.95 * once + 0.05 * second * second;
            return (step == 1 ? first : second) / (Math.sqrt(mean) + 1e-8);
        });
    }

    /** Dropped inputs have no gradient; the others are scaled by 1/(1 - rate). */
    @Test
    void dropoutDropsItsShareAndScalesTheRest() {
        NetworkSpec spec = new NetworkSpec(
                new ImageShape(1, 28, 28),
                List.of(new LayerSpec.Flatten(), new LayerSpec.Dropout(0.25), new LayerSpec.SoftmaxOutput(CLASSES)));
        byte[] white = new byte[28 * 28];
        Arrays.fill(white, (byte) 255);
        ImageDataset image = new ImageDataset(white, new byte[] {2}, 28, 28, 1);
        try (EngineRun run = engine().start(spec, args(Optimizer.SGD, 1, RATE))) {
            double[] before = ExportedModel.parameters(run).get(0);
            double[] bias = ExportedModel.parameters(run).get(1);
            run.trainEpoch(image, SILENT);
            double[] after = ExportedModel.parameters(run).get(0);
            double[] biasAfter = ExportedModel.parameters(run).get(1);
            int kept = 0;
            for (int pixel = 0; pixel < white.length; pixel++) {
                int weight = pixel * CLASSES + 2;
                if (before[weight] != after[weight]) {
                    kept++;
                    assertThat(after[weight] - before[weight]).isCloseTo((biasAfter[2] - bias[2]) / 0.75, within(1e-6));
                }
            }
            // five standard errors
            assertThat(kept / 784.0).isCloseTo(0.75, within(5 * Math.sqrt(0.75 * 0.25 / 784)));
        }
    }

    private interface Update {
        /** Step of a weight over the rate, from the gradients of both steps. */
        double of(double first, double second, int step);
    }

    /** Gradients that are not larger than rounding errors are left out. */
    private void checkTwoSteps(Optimizer optimizer, Update update) {
        double rate = 0.01;
        NetworkSpec spec = spec(Activation.TANH);
        try (EngineRun run = engine().start(spec, args(optimizer, 2, rate))) {
            List<double[]> start = ExportedModel.parameters(run);
            List<double[]> first = gradient(spec, start);
            run.trainEpoch(IMAGES, SILENT);
            List<double[]> middle = ExportedModel.parameters(run);
            List<double[]> second = gradient(spec, middle);
            run.trainEpoch(IMAGES, SILENT);
            List<double[]> end = ExportedModel.parameters(run);
            for (int p = 0; p < start.size(); p++) {
                for (int i = 0; i < start.get(p).length; i++) {
                    double g1 = first.get(p)[i];
                    double g2 = second.get(p)[i];
                    if (Math.abs(g1) < 1e-3 || Math.abs(g2) < 1e-3) {
                        continue;
                    }
                    assertThat(start.get(p)[i] - middle.get(p)[i])
                            .as("step 1 of parameter %d at %d", p, i)
                            .isCloseTo(rate * update.of(g1, 0, 1), within(0.01 * rate));
                    assertThat(middle.get(p)[i] - end.get(p)[i])
                            .as("step 2 of parameter %d at %d", p, i)
                            .isCloseTo(rate / 2 * update.of(g1, g2, 2), within(0.01 * rate));
                }
            }
        }
    }

    private static void assertMoved(
            List<double[]> before,
            List<double[]> after,
            List<double[]> gradient,
            java.util.function.DoubleUnaryOperator step) {
        for (int p = 0; p < before.size(); p++) {
            double largest = Arrays.stream(gradient.get(p)).map(Math::abs).max().orElseThrow();
            assertThat(largest).as("gradient of parameter %d", p).isPositive();
            for (int i = 0; i < before.get(p).length; i++) {
                assertThat(before.get(p)[i] - after.get(p)[i])
                        .as("parameter %d at %d", p, i)
                        .isCloseTo(step.applyAsDouble(gradient.get(p)[i]), within(1e-6 + 1e-3 * RATE * largest));
            }
        }
    }

    private static List<double[]> gradient(NetworkSpec spec, List<double[]> parameters) {
        List<double[]> changed = parameters.stream().map(double[]::clone).toList();
        ReferenceNetwork network = new ReferenceNetwork(spec, changed);
        return changed.stream()
                .map(values -> {
                    double[] gradient = new double[values.length];
                    for (int i = 0; i < values.length; i++) {
                        double kept = values[i];
                        values[i] = kept + STEP;
                        double above = network.loss(IMAGES);
                        values[i] = kept - STEP;
                        double below = network.loss(IMAGES);
                        values[i] = kept;
                        gradient[i] = (above - below) / (2 * STEP);
                    }
                    return gradient;
                })
                .toList();
    }

    private static NetworkSpec spec(Activation activation) {
        return new NetworkSpec(
                new ImageShape(1, 10, 10),
                List.of(
                        new LayerSpec.Convolution(3, 3, 1, activation),
                        new LayerSpec.MaxPooling(2),
                        new LayerSpec.Convolution(2, 2, 0, activation),
                        new LayerSpec.Flatten(),
                        new LayerSpec.Dense(5, activation),
                        new LayerSpec.SoftmaxOutput(CLASSES)));
    }

    private static TrainArgs args(Optimizer optimizer, int epochs, double rate) {
        return new TrainArgs(8, epochs, rate, optimizer, 21, 0);
    }

    private static ImageDataset noise(int count) {
        Random random = new Random(3);
        byte[] pixels = new byte[count * 100];
        random.nextBytes(pixels);
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) (i % CLASSES);
        }
        return new ImageDataset(pixels, labels, 10, 10, 1);
    }
}
