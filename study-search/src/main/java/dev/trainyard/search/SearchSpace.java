package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.validation.Violation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * The parameters that a study varies, by their JSON pointers into the training configuration. Their order does not
 * depend on the order in JSON, which a database does not keep: those that conditions name come first, then by pointer.
 */
public final class SearchSpace {
    private final Map<String, Parameter> parameters;
    private final List<SearchBranch> branches;

    /** @throws IllegalArgumentException if conditions form a cycle or name something other than a categorical parameter */
    public SearchSpace(Map<String, Parameter> parameters) {
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(ConditionOrder.sort(parameters)));
        this.branches = SearchBranch.of(this.parameters);
    }

    /**
     * Reads a space.
     *
     * @param base the training configuration that the parameters are put into; conditions may also name its fields
     * @param pointer of the space in the request
     * @return empty if there are violations
     */
    public static Optional<SearchSpace> read(
            JsonNode space, JsonNode base, String pointer, List<Violation> violations) {
        return new SearchSpaceReader(base, pointer, violations).read(space);
    }

    public Map<String, Parameter> parameters() {
        return parameters;
    }

    /**
     * Reads one configuration of this space, such as one that a client wants tried. Values that it leaves out are drawn
     * at random.
     *
     * @param seed with {@code number} it determines the random values
     * @param number of the configuration in a list
     * @param pointer of the configuration in the request
     * @return empty if there are violations
     */
    public Optional<SortedMap<String, JsonNode>> readConfiguration(
            JsonNode configuration, long seed, int number, String pointer, List<Violation> violations) {
        return new ConfigurationReader(this, RandomSource.of(seed, number), pointer, violations).read(configuration);
    }

    /** Returns the number of configurations; empty if they are not counted, as with decimal numbers without steps. */
    public OptionalLong size() {
        return SearchBranch.size(branches);
    }

    /** Returns the sets of parameters that are used together. */
    List<SearchBranch> branches() {
        return branches;
    }

    /** Builds a configuration; {@code chooser} gives the value of each parameter whose conditions hold. */
    public SortedMap<String, JsonNode> choose(BiFunction<String, Parameter, JsonNode> chooser) {
        SortedMap<String, JsonNode> values = new TreeMap<>();
        parameters.forEach((name, parameter) -> {
            if (isUsed(parameter, values)) {
                values.put(name, chooser.apply(name, parameter));
            }
        });
        return values;
    }

    /** Returns true if the conditions of {@code parameter} hold for {@code values}. */
    static boolean isUsed(Parameter parameter, Map<String, JsonNode> values) {
        return holds(parameter.when(), values);
    }

    static boolean holds(Map<String, JsonNode> conditions, Map<String, JsonNode> values) {
        return conditions.entrySet().stream().allMatch(condition -> {
            JsonNode value = values.get(condition.getKey());
            return value != null && JsonValues.same(value, condition.getValue());
        });
    }

    /** Returns equal values in one form, so that configurations can be compared. */
    public SortedMap<String, JsonNode> canonical(Map<String, JsonNode> values) {
        SortedMap<String, JsonNode> canonical = new TreeMap<>();
        values.forEach((name, value) -> {
            Parameter parameter = parameters.get(name);
            canonical.put(name, parameter == null ? value : parameter.canonical(value));
        });
        return canonical;
    }

    /** Returns true if these are allowed values of exactly the parameters that are used together. */
    public boolean contains(Map<String, JsonNode> values) {
        return parameters.entrySet().stream().allMatch(entry -> {
                    JsonNode value = values.get(entry.getKey());
                    return isUsed(entry.getValue(), values)
                            ? value != null && entry.getValue().contains(value)
                            : value == null;
                })
                && parameters.keySet().containsAll(values.keySet());
    }
}
