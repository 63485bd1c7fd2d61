package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Tries all configurations in a random order, so that a study with fewer trials also covers the whole space.
 *
 * @param points values of a decimal number without steps, evenly spaced on its scale with both limits; null if such
 *     parameters are refused
 */
record GridSampler(@Nullable Integer points) implements Sampler {
    @Override
    public Optional<SortedMap<String, JsonNode>> suggest(
            SearchSpace space, Direction direction, List<Trial> history, long seed, int trialNumber) {
        return new Enumeration(grid(space)).firstUnused(new UsedConfigurations(space, history), seed);
    }

    @Override
    public void check(SearchSpace space, String pointer, List<Violation> violations) {
        if (points == null) {
            space.parameters().forEach((name, parameter) -> {
                if (parameter.size().isEmpty()) {
                    violations.add(new Violation(
                            pointer + "/" + JsonValues.escaped(name),
                            "needs a step for the sampler grid, or write points in the sampler"));
                }
            });
        }
        if (violations.isEmpty() && grid(space).size().isEmpty()) {
            violations.add(new Violation(pointer, "has too many configurations for the sampler grid"));
        }
    }

    /** Returns the space with a list of points in the place of each range without steps. */
    private SearchSpace grid(SearchSpace space) {
        @Nullable Integer count = points;
        if (count == null) {
            return space;
        }
        Map<String, Parameter> finite = new LinkedHashMap<>();
        space.parameters().forEach((name, parameter) -> {
            boolean counted = parameter.size().isPresent();
            finite.put(
                    name, counted ? parameter : new CategoricalParameter(points(parameter, count), parameter.when()));
        });
        return new SearchSpace(finite);
    }

    private static List<JsonNode> points(Parameter parameter, int count) {
        List<JsonNode> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            points.add(parameter.atPosition((double) i / (count - 1)));
        }
        return points;
    }
}
