package dev.trainyard.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.Activation;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSize;
import dev.trainyard.network.NetworkSpec;
import dev.trainyard.network.Networks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requirements for every engine; the test of an engine extends this class. {@link TrainingMathContract} checks the arithmetic. */
public abstract class TrainingEngineContract {
    private static final BatchListener SILENT = (samples, loss) -> {};
    /** The last batch is smaller. */
    private static final ImageDataset FEW = Digits.train(250);

    private static final ImageDataset TEST = Digits.test(300);

    private static final TrainArgs LARGE_BATCHES = new TrainArgs(100, 1, 0.003, Optimizer.ADAM, 13, 0);

    /** Returns the same engine each time, ready to train. */
    protected abstract TrainingEngine engine();

    @Test
    void theEngineIsFoundByItsId() {
        assertThat(TrainOnce.engine(engine().id())).hasSameClassAs(engine());
        assertThat(engine().name()).startsWith(engine().id() + " ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lenet5", "mlp"})
    void aNetworkLearnsDigits(String network) {
        ImageDataset images = Digits.train(1_010);
        try (EngineRun run = engine().start(spec(network), args(3, Optimizer.ADAM, 7))) {
            double before = run.evaluate(TEST, SILENT).accuracy();
            Score first = run.trainEpoch(images, SILENT);
            run.trainEpoch(images, SILENT);
            Score last = run.trainEpoch(images, SILENT);
            assertThat(before).isLessThan(0.4);
            assertThat(last.loss()).isLessThan(first.loss() / 2);
            assertThat(last.accuracy()).isGreaterThan(first.accuracy()).isBetween(0.75, 1.0);
            assertThat(run.evaluate(TEST, SILENT).accuracy()).isGreaterThan(0.75);
        }
    }

    /** Recorded from DL4J ({@link LossCurves}). */
    @ParameterizedTest
    @FieldSource("dev.trainyard.engine.LossCurves#NETWORKS")
    void theLossCurveIsTheRecordedOne(String network) throws IOException {
        List<LossCurves.Point> recorded = LossCurves.recorded().get(network);
        List<LossCurves.Point> curve = LossCurves.of(engine(), network);
        assertThat(curve).hasSameSizeAs(recorded);
        for (int epoch = 0; epoch < curve.size(); epoch++) {
            LossCurves.Point expected = recorded.get(epoch);
            assertThat(curve.get(epoch).mean())
                    .as("loss of epoch %d, of all epochs %s", epoch + 1, curve)
                    .isCloseTo(expected.mean(), within(expected.tolerance()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lenet5", "mlp"})
    void aNetworkHasTheParametersOfItsLayers(String network) {
        try (EngineRun run = engine().start(spec(network), args(1, Optimizer.SGD, 7))) {
            assertThat(run.parameters()).isEqualTo(NetworkSize.of(spec(network)).parameters());
        }
    }

    @Test
    void anEvaluationScoresTheProbabilities() {
        try (EngineRun run = engine().start(spec("lenet5"), args(1, Optimizer.ADAM, 7))) {
            run.trainEpoch(FEW, SILENT);
            float[][] rows = run.probabilities(TEST);
            double loss = 0;
            for (int i = 0; i < rows.length; i++) {
                loss -= Math.log(rows[i][TEST.labels()[i]]) / rows.length;
            }
            assertThat(run.evaluate(TEST, SILENT).loss()).isCloseTo(loss, within(1e-6));
        }
    }

    @ParameterizedTest
    @EnumSource(Optimizer.class)
    void aRunResumedAtAnyBatchEqualsAnUninterruptedOne(Optimizer optimizer) {
        List<byte[]> expected = new ArrayList<>();
        Score whole;
        try (EngineRun run = engine().start(withDropout(), args(2, optimizer, 13))) {
            run.trainEpoch(FEW, SILENT);
            whole = run.trainEpoch(FEW, (samples, loss) -> expected.add(run.checkpoint()));
            expected.add(run.checkpoint());
        }
        for (int batch = 0; batch < expected.size(); batch++) {
            List<String> resumed = new ArrayList<>();
            try (EngineRun run = engine().resume(withDropout(), args(2, optimizer, 13), expected.get(batch))) {
                assertThat(run.checkpoint()).isEqualTo(expected.get(batch));
                if (batch < expected.size() - 1) {
                    Score score = run.trainEpoch(FEW, (samples, loss) -> resumed.add(sha256(run)));
                    resumed.add(sha256(run));
                    assertThat(score).as("resumed at batch %d", batch).isEqualTo(whole);
                }
            }
            assertThat(resumed)
                    .as("resumed at batch %d", batch)
                    .isEqualTo(expected.stream()
                            .skip(batch + 1L)
                            .map(FileArtifactStore::sha256)
                            .toList());
        }
    }

    /** As in a search, which continues only the best of many short trainings. */
    @ParameterizedTest
    @EnumSource(Optimizer.class)
    void aRunContinuesOneOfFewerEpochsAndTheSameSchedule(Optimizer optimizer) {
        byte[] afterThree = trained(engine().start(withDropout(), scheduled(3, optimizer, 9)), 3);
        byte[] continued = trained(engine().resume(withDropout(), scheduled(9, optimizer, null), afterThree), 6);
        assertThat(continued).isEqualTo(trained(engine().start(withDropout(), scheduled(9, optimizer, null)), 9));
        assertThat(trained(engine().start(withDropout(), scheduled(3, optimizer, null)), 3))
                .as("with a learning rate that falls faster")
                .isNotEqualTo(afterThree);
        refuses(withDropout(), scheduled(3, optimizer, null), afterThree);
        refuses(withDropout(), scheduled(9, optimizer, 10), afterThree);
    }

    private static byte[] trained(EngineRun started, int epochs) {
        try (EngineRun run = started) {
            for (int epoch = 0; epoch < epochs; epoch++) {
                run.trainEpoch(FEW, SILENT);
            }
            return run.checkpoint();
        }
    }

    private static TrainArgs scheduled(int epochs, Optimizer optimizer, @Nullable Integer schedule) {
        return new TrainArgs(32, epochs, 0.003, optimizer, 13, 0, schedule);
    }

    private static String sha256(EngineRun run) {
        return FileArtifactStore.sha256(run.checkpoint());
    }

    @Test
    void aRunResumedBeforeItsEpochEndOnlyEndsThatEpoch() {
        try (EngineRun run = engine().start(spec("mlp"), args(2, Optimizer.ADAM, 13))) {
            assertThatThrownBy(run::checkpointBeforeEpochEnd).isInstanceOf(IllegalStateException.class);
            Score score = run.trainEpoch(FEW, SILENT);
            byte[] before = run.checkpointBeforeEpochEnd();
            try (EngineRun resumed = engine().resume(spec("mlp"), args(2, Optimizer.ADAM, 13), before)) {
                assertThat(resumed.epochsDone()).isZero();
                List<Integer> batches = new ArrayList<>();
                assertThat(resumed.trainEpoch(FEW, (samples, loss) -> batches.add(samples)))
                        .isEqualTo(score);
                assertThat(batches).isEmpty();
                assertThat(resumed.checkpoint()).isEqualTo(run.checkpoint());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 5, Long.MIN_VALUE, Long.MAX_VALUE})
    void theSeedDeterminesTheWholeRun(long seed) {
        String first = TrainOnce.digest(engine(), withDropout(), args(1, Optimizer.ADAM, seed));
        assertThat(TrainOnce.digest(engine(), withDropout(), args(1, Optimizer.ADAM, seed)))
                .isEqualTo(first);
        assertThat(TrainOnce.digest(engine(), withDropout(), args(1, Optimizer.ADAM, seed + 1)))
                .isNotEqualTo(first);
    }

    @Test
    void anotherProcessComputesTheSameBytes() throws Exception {
        assertThat(TrainOnce.inAnotherProcess(engine().id()))
                .isEqualTo(TrainOnce.digest(engine(), TrainOnce.SPEC, TrainOnce.ARGS));
    }

    /** With parts of a batch that do not divide evenly, and a last batch that is smaller. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void theNumberOfThreadsChangesNoByte(int threads) {
        assertThat(TrainOnce.digest(engine().withThreads(threads), withDropout(), LARGE_BATCHES))
                .isEqualTo(TrainOnce.digest(engine(), withDropout(), LARGE_BATCHES));
    }

    @Test
    void aRunCanBeResumedWithAnotherNumberOfThreads() {
        List<byte[]> expected = new ArrayList<>();
        try (EngineRun run = engine().start(withDropout(), LARGE_BATCHES)) {
            run.trainEpoch(FEW, (samples, loss) -> expected.add(run.checkpoint()));
        }
        List<byte[]> resumed = new ArrayList<>();
        try (EngineRun run = engine().withThreads(2).resume(withDropout(), LARGE_BATCHES, expected.get(0))) {
            run.trainEpoch(FEW, (samples, loss) -> resumed.add(run.checkpoint()));
        }
        assertThat(resumed).hasSize(2).containsExactlyElementsOf(expected.subList(1, 3));
    }

    @Test
    void aListenerCanEndThePassOfARunWithThreads() {
        try (EngineRun run = engine().withThreads(2).start(withDropout(), LARGE_BATCHES)) {
            assertThatThrownBy(() -> run.trainEpoch(FEW, (samples, loss) -> {
                        throw new IllegalStateException("stop here");
                    }))
                    .hasStackTraceContaining("stop here");
        }
    }

    @Test
    void everyBatchIsReportedAndAListenerCanEndTheEpoch() {
        List<Integer> seen = new ArrayList<>();
        try (EngineRun run = engine().start(spec("mlp"), args(2, Optimizer.SGD, 5))) {
            run.trainEpoch(Digits.train(70), (samples, loss) -> seen.add(samples));
            assertThat(seen).containsExactly(32, 64, 70);
            seen.clear();
            assertThatThrownBy(() -> run.trainEpoch(FEW, (samples, loss) -> {
                        seen.add(samples);
                        throw new IllegalStateException("stop here");
                    }))
                    .hasStackTraceContaining("stop here");
            assertThat(seen).containsExactly(32);
            assertThat(run.epochsDone()).isEqualTo(1);
            assertThatThrownBy(() -> run.evaluate(TEST, (samples, loss) -> {
                        throw new IllegalStateException("stop here");
                    }))
                    .hasStackTraceContaining("stop here");
        }
    }

    @Test
    void aRunThatDivergesReportsALossThatIsNotFinite() {
        TrainArgs huge = new TrainArgs(32, 1, 1e30, Optimizer.SGD, 5, 0);
        List<Double> losses = new ArrayList<>();
        try (EngineRun run = engine().start(spec("mlp"), huge)) {
            run.trainEpoch(FEW, (samples, loss) -> losses.add(loss));
        }
        assertThat(losses).anyMatch(loss -> !Double.isFinite(loss));
    }

    @Test
    void aCheckpointNamesItsEngineAndFitsOnlyItsRun() {
        byte[] checkpoint;
        try (EngineRun run = engine().start(spec("mlp"), args(2, Optimizer.ADAM, 5))) {
            checkpoint = run.checkpoint();
        }
        assertThat(engine().wrote(checkpoint)).isTrue();
        assertThat(engine().wrote(new byte[200])).isFalse();
        byte[] shorter = java.util.Arrays.copyOf(checkpoint, checkpoint.length - 4);
        refuses(spec("mlp"), args(2, Optimizer.ADAM, 5), shorter);
        refuses(spec("mlp"), args(2, Optimizer.ADAM, 5), new byte[200]);
        refuses(spec("mlp"), args(2, Optimizer.ADAM, 6), checkpoint);
        refuses(spec("mlp"), args(2, Optimizer.RMSPROP, 5), checkpoint);
        refuses(spec("lenet5"), args(2, Optimizer.ADAM, 5), checkpoint);
    }

    private void refuses(NetworkSpec spec, TrainArgs args, byte[] checkpoint) {
        assertThatThrownBy(() -> engine().resume(spec, args, checkpoint)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("exported")
    void theExportedModelComputesTheSameProbabilities(NetworkSpec spec) throws Exception {
        try (EngineRun run = engine().start(spec, args(1, Optimizer.ADAM, 7))) {
            run.trainEpoch(FEW, SILENT);
            float[][] expected = run.probabilities(TEST);
            float[][] actual = ExportedModel.probabilities(run.exportOnnx(), TEST);
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i]).containsExactly(expected[i], within((float) ExportGate.TOLERANCE));
            }
        }
    }

    static Stream<NetworkSpec> exported() {
        return Stream.concat(
                Stream.of(spec("lenet5"), spec("mlp"), withDropout()),
                Stream.of(Activation.values()).map(TrainingEngineContract::small));
    }

    /** Normal distributions: variance 2/in before a ReLU (He), otherwise 2/(in + out) (Xavier); biases are zero. */
    @ParameterizedTest
    @CsvSource({"RELU", "TANH"})
    void initialWeightsFollowTheirSchemes(Activation activation) {
        NetworkSpec spec = new NetworkSpec(
                new ImageShape(1, 28, 28),
                List.of(
                        new LayerSpec.Convolution(40, 5, 0, activation),
                        new LayerSpec.MaxPooling(4),
                        new LayerSpec.Flatten(),
                        new LayerSpec.Dense(200, activation),
                        new LayerSpec.SoftmaxOutput(10)));
        boolean he = activation == Activation.RELU;
        try (EngineRun run = engine().start(spec, args(1, Optimizer.SGD, 3))) {
            List<double[]> parameters = ExportedModel.parameters(run);
            assertNormal(parameters.get(0), he ? 2.0 / 25 : 2.0 / (25 + 40 * 25));
            assertNormal(parameters.get(2), he ? 2.0 / 1440 : 2.0 / (1440 + 200));
            assertNormal(parameters.get(4), 2.0 / (200 + 10));
            for (int bias = 1; bias < parameters.size(); bias += 2) {
                assertThat(parameters.get(bias)).containsOnly(0);
            }
        }
    }

    private static void assertNormal(double[] values, double variance) {
        double sum = 0;
        double squares = 0;
        double beyondTwo = 0;
        for (double value : values) {
            sum += value;
            squares += value * value;
            beyondTwo += value * value > 4 * variance ? 1 : 0;
        }
        int n = values.length;
        // five standard errors of a normal distribution's mean, variance and share beyond two deviations
        assertThat(sum / n).isCloseTo(0, within(5 * Math.sqrt(variance / n)));
        assertThat(squares / n / variance).isCloseTo(1, within(5 * Math.sqrt(2.0 / n)));
        assertThat(beyondTwo / n).isCloseTo(0.0455, within(5 * Math.sqrt(0.0455 / n)));
    }

    /** Native memory after 50 runs in one process, as in a trainer. */
    @Test
    @Tag("full")
    void manyRunsNeedNoMoreMemoryThanFew() throws Exception {
        long afterTen = 0;
        for (int run = 1; run <= 50; run++) {
            TrainOnce.digest(engine(), spec("lenet5"), args(1, Optimizer.ADAM, run));
            afterTen = run == 10 ? outsideOfHeap() : afterTen;
        }
        assertThat(outsideOfHeap() - afterTen).isLessThan(64L << 20);
    }

    private static long outsideOfHeap() throws IOException {
        String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
        return 4096 * Long.parseLong(pages) - Runtime.getRuntime().totalMemory();
    }

    static TrainArgs args(int epochs, Optimizer optimizer, long seed) {
        return new TrainArgs(32, epochs, 0.003, optimizer, seed, 0);
    }

    static NetworkSpec spec(String network) {
        return Networks.spec(network, JsonNodeFactory.instance.objectNode(), new ImageShape(1, 28, 28), 10);
    }

    /** A network with all kinds of layers. */
    static NetworkSpec withDropout() {
        return new NetworkSpec(
                new ImageShape(1, 28, 28),
                List.of(
                        new LayerSpec.Convolution(4, 3, 1, Activation.RELU),
                        new LayerSpec.MaxPooling(4),
                        new LayerSpec.Flatten(),
                        new LayerSpec.Dropout(0.25),
                        new LayerSpec.Dense(20, Activation.RELU),
                        new LayerSpec.Dropout(0.5),
                        new LayerSpec.SoftmaxOutput(10)));
    }

    static NetworkSpec small(Activation activation) {
        return new NetworkSpec(
                new ImageShape(1, 28, 28),
                List.of(
                        new LayerSpec.Convolution(3, 3, 1, activation),
                        new LayerSpec.MaxPooling(4),
                        new LayerSpec.Convolution(5, 3, 0, activation),
                        new LayerSpec.Flatten(),
                        new LayerSpec.Dense(11, activation),
                        new LayerSpec.SoftmaxOutput(10)));
    }
}
