package dev.trainyard.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrunerTest {
    private static final SearchSpace SPACE = Spaces.read("{\"/x\": {\"type\": \"float\", \"min\": 0, \"max\": 1}}");
    private static final int TRIALS = 27;
    private static final String ASHA = "{\"name\": \"asha\", \"eta\": 3, \"min_epochs\": 1, \"max_epochs\": 9}";

    @Test
    void eachRungPromotesAThirdOfItsResultsInThousandsOfStudies() {
        for (long seed = 0; seed < 3_000; seed++) {
            SimulatedStudy study = study(pruner(ASHA, Order.ARRIVAL), Order.ARRIVAL, seed, PrunerTest::noisy);
            study.run(TRIALS, 1 + (int) (seed % 5), 5);
            assertThat(count(study, 1)).isEqualTo(27);
            assertThat(count(study, 3)).isEqualTo(9);
            assertThat(count(study, 9)).isEqualTo(3);
            assertThat(study.epochs()).isEqualTo(27 + 2 * 9 + 6 * 3);
            assertThat(study.decisions()).doesNotHaveDuplicates();
        }
    }

    @Test
    void atAnyTimeTheShareOfARungIsPromotedAndTheBestOfThoseThatWaited() {
        Pruner pruner = pruner(ASHA, Order.ARRIVAL);
        List<Trial> trials = new ArrayList<>();
        Random random = new Random(7);
        int promoted = 0;
        for (int n = 1; n <= 300; n++) {
            trials.add(waiting(n, random.nextInt(20) / 10.0));
            List<Decision> decisions = pruner.decide(Direction.MINIMIZE, trials);
            assertThat(decisions).hasSize(n / 3 - promoted);
            for (Decision decision : decisions) {
                Trial best = trials.stream()
                        .filter(trial -> trial.state() == TrialState.PAUSED)
                        .min(Comparator.comparingDouble(Trial::lastValue).thenComparing(Trial::number))
                        .orElseThrow();
                assertThat(decision).isEqualTo(new Decision.Promote(best.number(), 3));
                trials.set(trials.indexOf(best), inState(best, TrialState.RUNNING));
                promoted++;
            }
        }
    }

    @Test
    void nothingIsPromotedForBeingFirstAndNeverWhatIsNotANumber() {
        Pruner pruner = pruner(ASHA, Order.ARRIVAL);
        assertThat(pruner.decide(Direction.MAXIMIZE, List.of(waiting(0, 1), waiting(1, 2))))
                .isEmpty();
        assertThat(pruner.decide(
                        Direction.MAXIMIZE,
                        List.of(waiting(0, Double.NaN), waiting(1, Double.NaN), waiting(2, Double.NaN))))
                .isEmpty();
        assertThat(pruner.decide(
                        Direction.MAXIMIZE, List.of(waiting(0, Double.NaN), waiting(1, 2), waiting(2, Double.NaN))))
                .containsExactly(new Decision.Promote(1, 3));
        assertThat(pruner.decide(Direction.MAXIMIZE, List.of(waiting(5, 1), waiting(4, 1), waiting(6, 1))))
                .containsExactly(new Decision.Promote(4, 3));
    }

    @Test
    void theOutcomeOfAFixedOrderDoesNotDependOnTheTrainers() {
        String hyperband = ASHA.replace("asha", "hyperband");
        for (String json : List.of(ASHA, hyperband)) {
            for (long seed = 0; seed < 100; seed++) {
                List<Trial> one = fixed(json, seed, 1, new Random(seed));
                for (int trainers = 2; trainers <= 4; trainers++) {
                    assertThat(fixed(json, seed, trainers, new Random(seed * 31 + trainers)))
                            .as("seed %d, %d trainers", seed, trainers)
                            .isEqualTo(one);
                }
            }
        }
    }

    private static List<Trial> fixed(String json, long seed, int trainers, Random random) {
        SimulatedStudy study = new SimulatedStudy(
                SPACE,
                new TpeSampler(4, 4),
                pruner(json, Order.FIXED),
                Order.FIXED,
                PrunerTest::noisyWithFailures,
                seed,
                random);
        study.run(TRIALS, 4, trainers);
        assertThat(study.trials()).hasSize(TRIALS);
        return study.trials();
    }

    @Test
    void bracketsOfHyperbandGetTheirShares() {
        HyperbandPruner pruner = (HyperbandPruner) pruner(ASHA.replace("asha", "hyperband"), Order.ARRIVAL);
        List<Integer> brackets =
                IntStream.range(0, 34).mapToObj(pruner::bracket).toList();
        assertThat(brackets.stream().filter(b -> b == 0)).hasSize(18);
        assertThat(brackets.stream().filter(b -> b == 1)).hasSize(10);
        assertThat(brackets.stream().filter(b -> b == 2)).hasSize(6);
        assertThat(IntStream.range(0, 34).map(pruner::firstHold).distinct().sorted())
                .containsExactly(1, 3, 9);
        assertThat(brackets.subList(0, 3)).contains(0, 1);
    }

    @Test
    void aTrialThatDoesNotWaitIsStoppedAtARung() {
        Pruner pruner = pruner(ASHA.replace("}", ", \"promotion\": \"stop\"}"), Order.ARRIVAL);
        assertThat(pruner.firstHold(0)).isEqualTo(9);
        Trial first = running(0, 5);
        assertThat(pruner.decide(Direction.MINIMIZE, List.of(first))).isEmpty();
        assertThat(pruner.decide(Direction.MINIMIZE, List.of(beyond(0, 5), running(1, 6))))
                .containsExactly(new Decision.Stop(1));
        assertThat(pruner.decide(Direction.MINIMIZE, List.of(beyond(0, 5), running(1, 4))))
                .isEmpty();
        assertThat(pruner.decide(Direction.MINIMIZE, List.of(running(0, Double.NaN))))
                .containsExactly(new Decision.Stop(0));
    }

    @Test
    void theMedianPrunerStopsWhatIsWorseThanHalf() {
        Pruner pruner = pruner("{\"name\": \"median\", \"startup_trials\": 4, \"max_epochs\": 3}", Order.ARRIVAL);
        List<Trial> trials = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            trials.add(trial(i, TrialState.COMPLETED, i));
        }
        trials.add(running(4, 1.6));
        trials.add(running(5, 1.5));
        trials.add(running(6, Double.NaN));
        assertThat(pruner.decide(Direction.MINIMIZE, trials))
                .containsExactly(new Decision.Stop(4), new Decision.Stop(6));
        assertThat(pruner.decide(Direction.MINIMIZE, trials.subList(1, 7))).isEmpty();
    }

    @Test
    void aFixedOrderNeedsTrialsThatWait() {
        for (String json : List.of("{\"name\": \"median\"}", "{\"name\": \"asha\", \"promotion\": \"stop\"}")) {
            List<Violation> violations = new ArrayList<>();
            Pruners.read(JsonFieldReader.of(Spaces.json(json), "/pruner", violations), Order.FIXED, 9);
            assertThat(violations).hasSize(1);
        }
    }

    private static SimulatedStudy study(Pruner pruner, Order order, long seed, SimulatedStudy.Objective objective) {
        return new SimulatedStudy(SPACE, new RandomSampler(), pruner, order, objective, seed, new Random(seed));
    }

    private static long count(SimulatedStudy study, int epoch) {
        return study.trials().stream()
                .filter(trial -> trial.lastEpoch() >= epoch)
                .count();
    }

    private static double noisy(SortedMap<String, JsonNode> values, int epoch) {
        double x = values.get("/x").doubleValue();
        return x + new Random(Double.hashCode(x) * 31L + epoch).nextGaussian() / epoch;
    }

    private static double noisyWithFailures(SortedMap<String, JsonNode> values, int epoch) {
        double value = noisy(values, epoch);
        int kind = new Random(Double.hashCode(value)).nextInt(20);
        return kind == 0 ? Double.NaN : kind == 1 ? Double.NEGATIVE_INFINITY : value;
    }

    static Pruner pruner(String json, Order order) {
        List<Violation> violations = new ArrayList<>();
        Pruner pruner = Pruners.read(JsonFieldReader.of(Spaces.json(json), "/pruner", violations), order, 9);
        assertThat(violations).isEmpty();
        return pruner;
    }

    private static Trial waiting(int number, double value) {
        return trial(number, TrialState.PAUSED, value);
    }

    private static Trial running(int number, double value) {
        return trial(number, TrialState.RUNNING, value);
    }

    private static Trial beyond(int number, double value) {
        Trial trial = running(number, value);
        TreeMap<Integer, Double> curve = new TreeMap<>(trial.curve());
        curve.put(2, value);
        return new Trial(number, TrialState.RUNNING, trial.values(), curve, null);
    }

    private static Trial trial(int number, TrialState state, double value) {
        TreeMap<Integer, Double> curve = new TreeMap<>();
        curve.put(1, value);
        return new Trial(number, state, new TreeMap<>(), curve, state == TrialState.COMPLETED ? value : null);
    }

    private static Trial inState(Trial trial, TrialState state) {
        return new Trial(trial.number(), state, trial.values(), trial.curve(), trial.value());
    }
}
