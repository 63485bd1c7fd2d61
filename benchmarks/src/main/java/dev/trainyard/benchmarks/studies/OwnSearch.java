package dev.trainyard.benchmarks.studies;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.trainyard.search.Direction;
import dev.trainyard.search.FloatParameter;
import dev.trainyard.search.Parameter;
import dev.trainyard.search.Sampler;
import dev.trainyard.search.Samplers;
import dev.trainyard.search.Scale;
import dev.trainyard.search.SearchSpace;
import dev.trainyard.search.Trial;
import dev.trainyard.search.TrialState;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** One of the platform's samplers, with its defaults. */
final class OwnSearch {
    private final Sampler sampler;
    private final TestFunction function;
    private final SearchSpace space;
    private final List<Trial> history = new ArrayList<>();

    OwnSearch(String sampler, TestFunction function) {
        List<Violation> violations = new ArrayList<>();
        this.sampler = Samplers.read(
                        JsonFieldReader.of(JsonNodeFactory.instance.objectNode().put("name", sampler), "", violations))
                .sampler();
        if (!violations.isEmpty()) {
            throw new IllegalArgumentException(violations.toString());
        }
        this.function = function;
        Map<String, Parameter> parameters = new TreeMap<>();
        for (int d = 0; d < function.dimensions; d++) {
            parameters.put("/" + d, new FloatParameter(0, 1, Scale.LINEAR, null, Map.of()));
        }
        this.space = new SearchSpace(parameters);
    }

    /** Runs trials one after the other, and returns their smallest value. */
    double smallest(int trials, long seed) {
        while (history.size() < trials) {
            run(seed);
        }
        return history.stream().mapToDouble(Trial::lastValue).min().orElseThrow();
    }

    /** Runs one more trial, and returns the nanoseconds that the suggestion took. */
    long run(long seed) {
        int number = history.size();
        List<Trial> before = Collections.unmodifiableList(history);
        long start = System.nanoTime();
        SortedMap<String, JsonNode> values =
                sampler.suggest(space, Direction.MINIMIZE, before, seed, number).orElseThrow();
        long nanoseconds = System.nanoTime() - start;
        double[] point =
                values.values().stream().mapToDouble(JsonNode::doubleValue).toArray();
        history.add(new Trial(number, TrialState.COMPLETED, values, new TreeMap<>(), function.at(point)));
        return nanoseconds;
    }
}
