package dev.trainyard.search;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Orders parameters so that each one follows those that its conditions name. */
final class ConditionOrder {
    private ConditionOrder() {}

    static Map<String, Parameter> sort(Map<String, Parameter> parameters) {
        Map<String, Parameter> left = new TreeMap<>(parameters);
        Map<String, Parameter> sorted = new LinkedHashMap<>();
        while (!left.isEmpty()) {
            Map<String, Parameter> next = new TreeMap<>(left);
            next.values().removeIf(parameter -> !sorted.keySet()
                    .containsAll(parameter.when().keySet()));
            if (next.isEmpty()) {
                throw new IllegalArgumentException(
                        "conditions of %s form a cycle or name no parameter".formatted(left.keySet()));
            }
            sorted.putAll(next);
            left.keySet().removeAll(next.keySet());
        }
        return sorted;
    }
}
