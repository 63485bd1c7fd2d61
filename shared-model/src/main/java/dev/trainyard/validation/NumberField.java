package dev.trainyard.validation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Builder for reading a number from {@link JsonFieldReader} with constraints. */
public final class NumberField<N extends Number & Comparable<N>> {
    private final JsonFieldReader fields;
    private final String name;
    private final N fallback;
    private final String kind;
    private final Function<JsonNode, N> reader;
    private final List<Constraint<N>> limits = new ArrayList<>();

    private record Constraint<N>(Predicate<N> holds, String text) {}

    NumberField(JsonFieldReader fields, String name, N fallback, String kind, Function<JsonNode, N> reader) {
        this.fields = fields;
        this.name = name;
        this.fallback = fallback;
        this.kind = kind;
        this.reader = reader;
    }

    public NumberField<N> between(N min, N max) {
        limits.add(new Constraint<>(
                n -> n.compareTo(min) >= 0 && n.compareTo(max) <= 0, "from %s to %s".formatted(min, max)));
        return this;
    }

    public NumberField<N> atLeast(N min) {
        limits.add(new Constraint<>(n -> n.compareTo(min) >= 0, "at least " + min));
        return this;
    }

    public NumberField<N> above(N bound) {
        limits.add(new Constraint<>(n -> n.compareTo(bound) > 0, "above " + bound));
        return this;
    }

    public NumberField<N> below(N bound) {
        limits.add(new Constraint<>(n -> n.compareTo(bound) < 0, "below " + bound));
        return this;
    }

    public NumberField<N> atMost(N max) {
        limits.add(new Constraint<>(n -> n.compareTo(max) <= 0, "at most " + max));
        return this;
    }

    /** Returns the value, or the fallback if the field is absent or was reported. */
    public N get() {
        JsonNode node = fields.node(name);
        if (node.isMissingNode()) {
            if (fallback == null) {
                fields.reject(name, "is required; write " + expected());
            }
            return fallback;
        }
        N value = reader.apply(node);
        if (value == null || !limits.stream().allMatch(limit -> limit.holds().test(value))) {
            fields.reject(name, "must be %s, not %s".formatted(expected(), JsonFieldReader.describe(node)));
            return fallback;
        }
        return value;
    }

    private String expected() {
        return limits.isEmpty()
                ? kind
                : kind + " "
                        + String.join(
                                " and ", limits.stream().map(Constraint::text).toList());
    }
}
