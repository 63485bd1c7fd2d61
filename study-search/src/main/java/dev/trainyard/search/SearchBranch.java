package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The configurations in which all parameters that conditions name have the same values, so that the same parameters are
 * used.
 *
 * @param fixed values of the parameters that conditions name
 * @param free the other parameters that are used, in the order of the space
 */
record SearchBranch(SortedMap<String, JsonNode> fixed, Map<String, Parameter> free) {
    /** Most branches of a space. */
    static final int MAX_SIZE = 1_000;

    static List<SearchBranch> of(Map<String, Parameter> parameters) {
        Set<String> named = parameters.values().stream()
                .flatMap(parameter -> parameter.when().keySet().stream())
                .collect(Collectors.toSet());
        List<SortedMap<String, JsonNode>> assignments = List.of(new TreeMap<>());
        for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
            if (named.contains(entry.getKey())) {
                assignments = extended(assignments, entry.getKey(), entry.getValue());
            }
        }
        return assignments.stream()
                .map(fixed -> branch(fixed, parameters, named))
                .toList();
    }

    private static List<SortedMap<String, JsonNode>> extended(
            List<SortedMap<String, JsonNode>> assignments, String name, Parameter parameter) {
        if (!(parameter instanceof CategoricalParameter categorical)) {
            throw new IllegalArgumentException("a condition names %s, which is not categorical".formatted(name));
        }
        List<SortedMap<String, JsonNode>> extended = new ArrayList<>();
        for (SortedMap<String, JsonNode> values : assignments) {
            if (!SearchSpace.isUsed(parameter, values)) {
                extended.add(values);
                continue;
            }
            for (JsonNode value : categorical.values()) {
                SortedMap<String, JsonNode> with = new TreeMap<>(values);
                with.put(name, value);
                extended.add(with);
            }
        }
        if (extended.size() > MAX_SIZE) {
            throw new IllegalArgumentException("more than %d combinations of conditions".formatted(MAX_SIZE));
        }
        return extended;
    }

    private static SearchBranch branch(
            SortedMap<String, JsonNode> fixed, Map<String, Parameter> parameters, Set<String> named) {
        Map<String, Parameter> free = new LinkedHashMap<>();
        parameters.forEach((name, parameter) -> {
            if (!named.contains(name) && SearchSpace.isUsed(parameter, fixed)) {
                free.put(name, parameter);
            }
        });
        return new SearchBranch(fixed, free);
    }

    /** Returns the number of configurations of all branches; empty if they are not counted. */
    static OptionalLong size(List<SearchBranch> branches) {
        long sum = 0;
        try {
            for (SearchBranch branch : branches) {
                OptionalLong size = branch.size();
                if (size.isEmpty()) {
                    return size;
                }
                sum = Math.addExact(sum, size.getAsLong());
            }
        } catch (ArithmeticException e) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(sum);
    }

    /** Returns the configuration with values of the free parameters by {@code chooser}. */
    SortedMap<String, JsonNode> with(Function<Parameter, JsonNode> chooser) {
        SortedMap<String, JsonNode> values = new TreeMap<>(fixed);
        free.forEach((name, parameter) -> values.put(name, chooser.apply(parameter)));
        return values;
    }

    OptionalLong size() {
        long product = 1;
        for (Parameter parameter : free.values()) {
            OptionalLong size = parameter.size();
            if (size.isEmpty()) {
                return size;
            }
            product = Math.multiplyExact(product, size.getAsLong());
        }
        return OptionalLong.of(product);
    }
}
