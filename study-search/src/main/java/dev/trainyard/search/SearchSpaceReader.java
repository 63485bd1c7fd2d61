package dev.trainyard.search;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads a {@link SearchSpace} and reports all violations. */
final class SearchSpaceReader {
    /** Most parameters of a space. */
    private static final int MAX_PARAMETERS = 50;

    private static final int MAX_NAME_LENGTH = 200;

    private final JsonNode base;
    private final String pointer;
    private final List<Violation> violations;

    SearchSpaceReader(JsonNode base, String pointer, List<Violation> violations) {
        this.base = base;
        this.pointer = pointer;
        this.violations = violations;
    }

    Optional<SearchSpace> read(JsonNode space) {
        int before = violations.size();
        if (!space.isObject() || space.isEmpty() || space.size() > MAX_PARAMETERS) {
            violations.add(new Violation(
                    pointer,
                    "must be an object of 1 to %d parameters by their JSON pointers, such as {\"/train_args/learning_rate\":{\"type\":\"float\",\"min\":0.0001,\"max\":0.1,\"scale\":\"log\"}}"
                            .formatted(MAX_PARAMETERS)));
            return Optional.empty();
        }
        Map<String, Parameter> parameters = new TreeMap<>();
        JsonFieldReader fields = JsonFieldReader.of(space, pointer, violations);
        for (String name : names(space)) {
            if (isPointer(name)) {
                JsonFieldReader reader = fields.object(name);
                ParameterReader.read(reader).ifPresent(parameter -> parameters.put(name, parameter));
            }
        }
        rejectNested(space);
        if (violations.size() > before) {
            return Optional.empty();
        }
        Map<String, Parameter> resolved = new LinkedHashMap<>();
        parameters.forEach((name, parameter) -> resolved.put(name, resolved(name, parameter, parameters)));
        return violations.size() > before ? Optional.empty() : space(resolved);
    }

    private Optional<SearchSpace> space(Map<String, Parameter> parameters) {
        try {
            return Optional.of(new SearchSpace(parameters));
        } catch (IllegalArgumentException e) {
            violations.add(new Violation(pointer, "has conditions that cannot be used: " + e.getMessage()));
            return Optional.empty();
        }
    }

    private boolean isPointer(String name) {
        try {
            if (name.length() <= MAX_NAME_LENGTH && !JsonPointer.compile(name).matches()) {
                return true;
            }
        } catch (IllegalArgumentException e) {
            // reported below
        }
        violations.add(new Violation(
                pointer,
                "must name each parameter by a JSON pointer into the configuration, such as /train_args/learning_rate, not "
                        + (name.length() <= MAX_NAME_LENGTH ? name : name.substring(0, MAX_NAME_LENGTH) + "…")));
        return false;
    }

    /** A value inside another parameter's value would overwrite a part of it. */
    private void rejectNested(JsonNode space) {
        List<String> names = names(space);
        for (String outer : names) {
            for (String inner : names) {
                if (inner.startsWith(outer + "/")) {
                    violations.add(new Violation(at(inner), "lies inside " + outer + ", which is varied too"));
                }
            }
        }
    }

    /** Drops the conditions that the base configuration meets, and reports those that can never hold. */
    private Parameter resolved(String name, Parameter parameter, Map<String, Parameter> parameters) {
        Map<String, JsonNode> left = new LinkedHashMap<>();
        parameter.when().forEach((other, value) -> {
            Parameter named = parameters.get(other);
            String at = at(name) + "/when/" + JsonValues.escaped(other);
            if (named instanceof NumericParameter) {
                violations.add(new Violation(at, "must name a categorical parameter or a field of the configuration"));
            } else if (named != null) {
                if (!named.contains(value)) {
                    violations.add(new Violation(at, "must be one of the values of " + other));
                }
                left.put(other, value);
            } else if (!JsonValues.same(baseValue(other), value)) {
                violations.add(new Violation(
                        at,
                        "never holds, as %s is not varied and not %s in the configuration".formatted(other, value)));
            }
        });
        return ParameterReader.withConditions(parameter, left);
    }

    private JsonNode baseValue(String name) {
        try {
            return base.at(name);
        } catch (IllegalArgumentException e) {
            return base.path("");
        }
    }

    private String at(String name) {
        return pointer + "/" + JsonValues.escaped(name);
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
