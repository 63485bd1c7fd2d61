package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Parameters with the same conditions, which a trial has all or none of. */
record ParameterGroup(Map<String, JsonNode> when, List<String> names, List<Dimension> dimensions) {

    /** Returns the groups of a space, those that conditions name first. */
    static List<ParameterGroup> of(SearchSpace space) {
        Map<Map<String, JsonNode>, ParameterGroup> groups = new LinkedHashMap<>();
        space.parameters().forEach((name, parameter) -> {
            ParameterGroup group = groups.computeIfAbsent(
                    parameter.when(), when -> new ParameterGroup(when, new ArrayList<>(), new ArrayList<>()));
            group.names.add(name);
            group.dimensions.add(Dimension.of(parameter));
        });
        return List.copyOf(groups.values());
    }

    /** Returns the numbers without conditions. */
    static ParameterGroup alwaysUsedNumbers(SearchSpace space) {
        ParameterGroup group = new ParameterGroup(Map.of(), new ArrayList<>(), new ArrayList<>());
        space.parameters().forEach((name, parameter) -> {
            if (parameter instanceof NumericParameter && parameter.when().isEmpty()) {
                group.names.add(name);
                group.dimensions.add(Dimension.of(parameter));
            }
        });
        return group;
    }

    /** Returns the trials' points, without trials that lack a parameter or whose values lie outside of this space. */
    List<double[]> points(List<Trial> trials) {
        return trials.stream()
                .map(trial -> point(trial.values()))
                .flatMap(Optional::stream)
                .toList();
    }

    Optional<double[]> point(Map<String, JsonNode> values) {
        double[] point = new double[names.size()];
        for (int d = 0; d < point.length; d++) {
            JsonNode value = values.get(names.get(d));
            if (value == null || !dimensions.get(d).parameter().contains(value)) {
                return Optional.empty();
            }
            point[d] = dimensions.get(d).coordinate(value);
        }
        return Optional.of(point);
    }

    /** Returns the point of the nearest allowed values. */
    double[] nearest(double[] point) {
        double[] nearest = new double[point.length];
        for (int d = 0; d < point.length; d++) {
            Dimension dimension = dimensions.get(d);
            nearest[d] = dimension.coordinate(dimension.value(point[d]));
        }
        return nearest;
    }

    Map<String, JsonNode> values(double[] point) {
        Map<String, JsonNode> values = new TreeMap<>();
        for (int d = 0; d < point.length; d++) {
            values.put(names.get(d), dimensions.get(d).value(point[d]));
        }
        return values;
    }
}
