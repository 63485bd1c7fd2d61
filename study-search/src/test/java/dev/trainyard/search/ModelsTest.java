package dev.trainyard.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The mathematics behind the samplers and the importance. */
class ModelsTest {
    @Test
    void theRandomSourceIsSplitMix64() {
        // the first numbers for seed 0 of the reference implementation, whose state is advanced before it is mixed
        assertThat(RandomSource.mix(0x9e3779b97f4a7c15L)).isEqualTo(0xe220a8397b1dcdafL);
        assertThat(RandomSource.mix(2 * 0x9e3779b97f4a7c15L)).isEqualTo(0x6e789e6aa1b965f4L);
    }

    @Test
    void aPermutationHasEachNumberOnce() {
        for (int size : List.of(1, 2, 3, 7, 64, 1_000)) {
            Permutation permutation = new Permutation(size, 5);
            assertThat(IntStream.range(0, size)
                            .mapToLong(permutation::at)
                            .sorted()
                            .toArray())
                    .isEqualTo(IntStream.range(0, size).asLongStream().toArray());
        }
    }

    @Test
    void densitiesIntegrateToOne() {
        Dimension decimal = Dimension.of(new FloatParameter(-1, 3, Scale.LINEAR, null, Map.of()));
        ParzenEstimator estimator = new ParzenEstimator(
                List.of(decimal), List.of(new double[] {0.1}, new double[] {0.11}, new double[] {0.9}));
        int cells = 10_000;
        double integral = IntStream.range(0, cells)
                .mapToDouble(i -> StrictMath.exp(estimator.logDensity(new double[] {(i + 0.5) / cells})) / cells)
                .sum();
        assertThat(integral).isEqualTo(1, within(1e-6));
    }

    @Test
    void probabilitiesOfStepsAndCategoriesAddUpToOne() {
        Dimension whole = Dimension.of(new IntParameter(1, 8, Scale.LOG, 1, Map.of()));
        Dimension category = Dimension.of(
                new CategoricalParameter(List.of(Spaces.json("1"), Spaces.json("2"), Spaces.json("3")), Map.of()));
        ParzenEstimator estimator = new ParzenEstimator(
                List.of(whole, category), List.of(new double[] {0.3, 0}, new double[] {0.6, 2}, new double[] {0.6, 2}));
        double sum = 0;
        for (int number = 1; number <= 8; number++) {
            for (int c = 0; c < 3; c++) {
                double[] point = {whole.coordinate(Spaces.json(String.valueOf(number))), c};
                sum += StrictMath.exp(estimator.logDensity(point));
            }
        }
        assertThat(sum).isEqualTo(1, within(1e-9));
    }

    @Test
    void trialsThatRanFurtherRankBeforeOthersAndNumbersBeforeNaN() {
        List<Trial> history = List.of(
                trial(0, TrialState.PRUNED, 0.1, 1),
                trial(1, TrialState.COMPLETED, 0.9, 9),
                trial(2, TrialState.PAUSED, 0.5, 3),
                trial(3, TrialState.COMPLETED, 0.2, 9),
                trial(4, TrialState.COMPLETED, Double.NaN, 9),
                trial(5, TrialState.RUNNING, 0.4, 3),
                trial(6, TrialState.RUNNING, 0.0, 2),
                trial(7, TrialState.FAILED, 0.0, 2));
        Observations observations = Observations.of(history, Direction.MINIMIZE);
        assertThat(observations.ranked()).extracting(Trial::number).containsExactly(3, 1, 5, 2, 0, 4);
        assertThat(observations.running()).extracting(Trial::number).containsExactly(6);
    }

    @Test
    void theStrategyFindsTheMinimumOfAnIllConditionedBowl() {
        EvolutionStrategy strategy = new EvolutionStrategy(5);
        RandomSource random = RandomSource.of(1, 0);
        double best = Double.MAX_VALUE;
        for (int generation = 0; generation < 250; generation++) {
            List<double[]> points = new ArrayList<>();
            for (int i = 0; i < strategy.population(); i++) {
                points.add(strategy.ask(random));
            }
            points.sort((a, b) -> Double.compare(bowl(a), bowl(b)));
            best = Math.min(best, bowl(points.get(0)));
            strategy.tell(points);
        }
        assertThat(best).isLessThan(1e-12);
    }

    @Test
    void eigenvectorsDiagonaliseTheMatrix() {
        double[][] matrix = {{4, 1, -2}, {1, 2, 0}, {-2, 0, 3}};
        SymmetricEigen eigen = SymmetricEigen.of(matrix);
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                double entry = 0;
                for (int k = 0; k < 3; k++) {
                    entry += eigen.vectors()[i][k] * eigen.values()[k] * eigen.vectors()[j][k];
                }
                assertThat(entry).isEqualTo(matrix[i][j], within(1e-12));
            }
        }
    }

    /** Of 4 x + 2 y + z over the unit cube, x explains 16 / 21 of the variance. */
    @Test
    void importanceIsTheShareOfTheVariance() {
        SearchSpace space = Spaces.read("""
                {"/x": {"type": "float", "min": 0, "max": 1},
                 "/y": {"type": "int", "min": 0, "max": 10},
                 "/z": {"type": "float", "min": 0, "max": 1},
                 "/c": {"type": "categorical", "values": ["a", "b"]}}
                """);
        List<Trial> trials = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            SortedMap<String, JsonNode> values = RandomSampler.draw(space, RandomSource.of(3, i));
            double value = 4 * values.get("/x").doubleValue()
                    + 0.2 * values.get("/y").doubleValue()
                    + values.get("/z").doubleValue();
            trials.add(new Trial(i, TrialState.COMPLETED, values, new TreeMap<>(), value));
        }
        Importance importance =
                Importance.of(space, trials, OptionalInt.empty(), 0).orElseThrow();
        assertThat(importance.trials()).isEqualTo(400);
        assertThat(importance.shares().get("/x")).isEqualTo(16 / 21.0, within(0.06));
        assertThat(importance.shares().get("/y")).isEqualTo(4 / 21.0, within(0.05));
        assertThat(importance.shares().get("/z")).isEqualTo(1 / 21.0, within(0.03));
        assertThat(importance.shares().get("/c")).isLessThan(0.005);
        assertThat(importance.shares().values().stream().mapToDouble(d -> d).sum())
                .isEqualTo(1, within(1e-12));
        assertThat(Importance.of(space, trials, OptionalInt.empty(), 0)).hasValue(importance);
    }

    @Test
    void importanceOfACategory() {
        SearchSpace space = Spaces.read("""
                {"/x": {"type": "float", "min": 0, "max": 1},
                 "/c": {"type": "categorical", "values": ["a", "b", "c"]}}
                """);
        List<Trial> trials = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            SortedMap<String, JsonNode> values = RandomSampler.draw(space, RandomSource.of(3, i));
            trials.add(new Trial(
                    i,
                    TrialState.COMPLETED,
                    values,
                    new TreeMap<>(),
                    values.get("/c").asText().equals("b") ? 1.0 : 0.0));
        }
        assertThat(Importance.of(space, trials, OptionalInt.empty(), 0)
                        .orElseThrow()
                        .shares()
                        .get("/c"))
                .isEqualTo(1, within(1e-9));
        assertThat(Importance.of(space, trials.subList(0, 3), OptionalInt.empty(), 0))
                .isEmpty();
    }

    private static double bowl(double[] point) {
        double sum = 0;
        for (int i = 0; i < point.length; i++) {
            double rotated = point[i] + (i > 0 ? 0.5 * point[i - 1] : 0) - 0.45;
            sum += StrictMath.pow(10, i) * rotated * rotated;
        }
        return sum;
    }

    private static Trial trial(int number, TrialState state, double value, int epoch) {
        TreeMap<Integer, Double> curve = new TreeMap<>();
        curve.put(epoch, value);
        return new Trial(
                number,
                state,
                new TreeMap<>(Map.of("/x", DoubleNode.valueOf(number))),
                curve,
                state == TrialState.COMPLETED ? value : null);
    }
}
