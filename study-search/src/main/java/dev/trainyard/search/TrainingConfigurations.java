package dev.trainyard.search;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** Training configurations of a study: the base configuration with a trial's values. */
public final class TrainingConfigurations {
    private TrainingConfigurations() {}

    /**
     * Returns a copy of {@code base} with {@code values}. Parameters that are not used are removed from it.
     *
     * @throws IllegalArgumentException if a pointer leads through something other than an object
     */
    public static ObjectNode with(ObjectNode base, SearchSpace space, Map<String, JsonNode> values) {
        ObjectNode configuration = base.deepCopy();
        for (String name : space.parameters().keySet()) {
            JsonNode value = values.get(name);
            if (value == null) {
                remove(configuration, JsonPointer.compile(name));
            } else {
                put(configuration, JsonPointer.compile(name), value);
            }
        }
        return configuration;
    }

    /**
     * Returns configurations that together have each extreme value of each parameter, with the other parameters at
     * their smallest, and those with all parameters at their smallest and at their largest. If these are valid, those
     * between them are, as far as validity is a matter of ranges.
     */
    public static List<SortedMap<String, JsonNode>> corners(SearchSpace space) {
        Set<SortedMap<String, JsonNode>> corners = new LinkedHashSet<>();
        for (SearchBranch branch : space.branches()) {
            corners.add(branch.with(parameter -> parameter.extremes().get(0)));
            corners.add(branch.with(
                    parameter -> parameter.extremes().get(parameter.extremes().size() - 1)));
            branch.free().forEach((name, varied) -> {
                for (JsonNode value : varied.extremes()) {
                    corners.add(branch.with(parameter ->
                            parameter == varied ? value : parameter.extremes().get(0)));
                }
            });
        }
        return new ArrayList<>(corners);
    }

    private static void put(ObjectNode configuration, JsonPointer pointer, JsonNode value) {
        ObjectNode object = configuration;
        JsonPointer left = pointer;
        for (; !left.tail().matches(); left = left.tail()) {
            JsonNode child = object.path(left.getMatchingProperty());
            if (!child.isMissingNode() && !child.isObject()) {
                throw new IllegalArgumentException(pointer + " leads through a value that is not an object");
            }
            object = child.isObject() ? (ObjectNode) child : object.putObject(left.getMatchingProperty());
        }
        object.set(left.getMatchingProperty(), value);
    }

    private static void remove(ObjectNode configuration, JsonPointer pointer) {
        if (configuration.at(pointer.head()) instanceof ObjectNode object) {
            object.remove(pointer.last().getMatchingProperty());
        }
    }
}
