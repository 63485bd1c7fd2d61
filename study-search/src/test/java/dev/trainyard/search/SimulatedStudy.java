package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Studies of functions instead of trainings. */
final class SimulatedStudy {
    private SimulatedStudy() {}

    /** Returns the smallest value of {@code trials} trials, one after the other. */
    static double sequential(
            SearchSpace space,
            Sampler sampler,
            long seed,
            int trials,
            ToDoubleFunction<SortedMap<String, JsonNode>> objective) {
        List<Trial> history = new ArrayList<>();
        for (int number = 0; number < trials; number++) {
            SortedMap<String, JsonNode> values =
                    sampler.suggest(space, Direction.MINIMIZE, history, seed, number).orElseThrow();
            double value = objective.applyAsDouble(values);
            history.add(new Trial(number, TrialState.COMPLETED, values, new TreeMap<>(), value));
        }
        return history.stream().mapToDouble(Trial::lastValue).min().orElseThrow();
    }
}
