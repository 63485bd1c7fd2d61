package dev.trainyard.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.Digits;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.Score;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.NetworkSpec;
import dev.trainyard.network.Networks;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class Dl4jEngineTest {
    private static final ImageDataset TRAIN = Digits.train(1_010); // the last batch is smaller
    /** Few images for tests without learning; the last batch is smaller. */
    private static final ImageDataset FEW = Digits.train(330);

    private static final ImageDataset TEST = Digits.test(300);

    private final Dl4jEngine engine = new Dl4jEngine();

    @Test
    void theFastNativeLibrariesAreInUse() {
        engine.requireReady();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lenet5", "mlp"})
    void aNetworkLearns(String network) {
        try (EngineRun run = engine.start(spec(network), args(3, Optimizer.ADAM, 7))) {
            double before = run.evaluate(TEST, (samples, loss) -> {}).accuracy();
            Score first = run.trainEpoch(TRAIN, (samples, loss) -> {});
            run.trainEpoch(TRAIN, (samples, loss) -> {});
            Score last = run.trainEpoch(TRAIN, (samples, loss) -> {});
            Score test = run.evaluate(TEST, (samples, loss) -> {});
            assertThat(before).isLessThan(0.4);
            assertThat(last.loss()).isLessThan(first.loss());
            assertThat(last.accuracy()).isGreaterThan(first.accuracy()).isBetween(0.75, 1.0);
            assertThat(test.accuracy()).isGreaterThan(0.75);
        }
    }

    @Test
    void theScoreOfAnEvaluationMatchesTheProbabilities() {
        try (EngineRun run = engine.start(spec("lenet5"), args(1, Optimizer.ADAM, 7))) {
            run.trainEpoch(FEW, (samples, loss) -> {});
            Score score = run.evaluate(TEST, (samples, loss) -> {});
            float[][] rows = run.probabilities(TEST);
            double loss = 0;
            int right = 0;
            for (int i = 0; i < rows.length; i++) {
                int label = TEST.labels()[i];
                loss -= Math.log(rows[i][label]) / rows.length;
                float[] row = rows[i];
                right += IntStream.range(0, 10).allMatch(other -> row[other] <= row[label]) ? 1 : 0;
            }
            assertThat(score.loss()).isCloseTo(loss, org.assertj.core.data.Offset.offset(1e-6));
            assertThat(score.accuracy()).isEqualTo(right / 300.0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lenet5", "mlp"})
    void aResumedRunGivesTheWeightsOfAnUninterruptedOne(String network) {
        TrainArgs args = args(3, Optimizer.ADAM, 11);
        String whole;
        byte[] checkpoint;
        try (EngineRun run = engine.start(spec(network), args)) {
            run.trainEpoch(FEW, (samples, loss) -> {});
            checkpoint = run.checkpoint();
            run.evaluate(TEST, (samples, loss) -> {});
            run.trainEpoch(FEW, (samples, loss) -> {});
            run.trainEpoch(FEW, (samples, loss) -> {});
            whole = run.weightsSha256();
        }
        try (EngineRun run = engine.resume(spec(network), args, checkpoint)) {
            assertThat(run.epochsDone()).isEqualTo(1);
            assertThat(run.checkpoint()).isEqualTo(checkpoint);
            run.trainEpoch(FEW, (samples, loss) -> {});
            run.trainEpoch(FEW, (samples, loss) -> {});
            assertThat(run.weightsSha256()).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @CsvSource({"lenet5,32", "lenet5,160", "mlp,32", "mlp,96", "mlp,224"})
    void aRunResumedAtAnyBatchGivesTheSameWeightsAndFigures(String network, int stoppedAt) {
        TrainArgs args = args(2, Optimizer.ADAM, 13);
        ImageDataset images = Digits.train(250);
        String whole;
        Score second;
        try (EngineRun run = engine.start(spec(network), args)) {
            run.trainEpoch(images, (samples, loss) -> {});
            second = run.trainEpoch(images, (samples, loss) -> {});
            whole = run.weightsSha256();
        }
        byte[] partial;
        try (EngineRun run = engine.start(spec(network), args)) {
            run.trainEpoch(images, (samples, loss) -> {});
            assertThatThrownBy(() -> run.trainEpoch(images, (samples, loss) -> {
                        if (samples == stoppedAt) {
                            throw new IllegalStateException("drained");
                        }
                    }))
                    .hasMessageContaining("drained");
            partial = run.checkpoint();
        }
        try (EngineRun run = engine.resume(spec(network), args, partial)) {
            List<Integer> left = new ArrayList<>();
            Score resumed = run.trainEpoch(images, (samples, loss) -> left.add(samples));
            assertThat(left.get(0)).isEqualTo(Math.min(250, stoppedAt + 32));
            assertThat(resumed).isEqualTo(second);
            assertThat(run.weightsSha256()).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @EnumSource(Optimizer.class)
    void theSeedDeterminesTheWholeRun(Optimizer optimizer) {
        String first = weights(args(1, optimizer, 5));
        assertThat(weights(args(1, optimizer, 5))).isEqualTo(first);
        assertThat(weights(args(1, optimizer, 6))).isNotEqualTo(first);
    }

    /** ND4J's native generator uses the time of day for seed 0. */
    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE})
    void anySeedCanBeRepeated(long seed) {
        assertThat(weights(args(1, Optimizer.SGD, seed))).isEqualTo(weights(args(1, Optimizer.SGD, seed)));
    }

    @Test
    void everyBatchIsReportedAndAListenerCanEndTheEpoch() {
        List<Integer> seen = new ArrayList<>();
        try (EngineRun run = engine.start(spec("mlp"), args(1, Optimizer.SGD, 5))) {
            run.trainEpoch(Digits.train(70), (samples, loss) -> seen.add(samples));
            assertThat(seen).containsExactly(32, 64, 70);
            assertThatThrownBy(() -> run.trainEpoch(TRAIN, (samples, loss) -> {
                        throw new IllegalStateException("stop here");
                    }))
                    .hasStackTraceContaining("stop here");
            assertThat(run.epochsDone()).isEqualTo(1);
        }
    }

    @Test
    void anIncompatibleCheckpointIsRejected() {
        byte[] checkpoint;
        try (EngineRun run = engine.start(spec("mlp"), args(2, Optimizer.ADAM, 5))) {
            checkpoint = run.checkpoint();
        }
        byte[] shorter = java.util.Arrays.copyOf(checkpoint, checkpoint.length - 4);
        assertThatThrownBy(() -> engine.resume(spec("mlp"), args(2, Optimizer.ADAM, 5), shorter))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not match its header");
        assertThatThrownBy(() -> engine.resume(spec("lenet5"), args(2, Optimizer.ADAM, 5), checkpoint))
                .hasMessageContaining("another network");
        assertThatThrownBy(() -> engine.resume(spec("mlp"), args(2, Optimizer.ADAM, 6), checkpoint))
                .hasMessageContaining("other training arguments");
        assertThatThrownBy(() -> engine.resume(spec("mlp"), args(2, Optimizer.ADAM, 5), new byte[200]))
                .hasMessageContaining("not a checkpoint");
    }

    private String weights(TrainArgs args) {
        try (EngineRun run = engine.start(spec("mlp"), args)) {
            run.trainEpoch(Digits.train(200), (samples, loss) -> {});
            return run.weightsSha256();
        }
    }

    private static TrainArgs args(int epochs, Optimizer optimizer, long seed) {
        return new TrainArgs(32, epochs, 0.003, optimizer, seed, 0);
    }

    private static NetworkSpec spec(String network) {
        ObjectNode none = new ObjectMapper().createObjectNode();
        return Networks.spec(network, none, new ImageShape(1, 28, 28), 10);
    }
}
