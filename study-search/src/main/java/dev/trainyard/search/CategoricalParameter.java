package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** One of several JSON values without an order. */
public record CategoricalParameter(List<JsonNode> values, Map<String, JsonNode> when) implements Parameter {
    public CategoricalParameter {
        values = List.copyOf(values);
        when = Map.copyOf(when);
    }

    @Override
    public OptionalLong size() {
        return OptionalLong.of(values.size());
    }

    @Override
    public JsonNode at(long index) {
        return values.get((int) index);
    }

    @Override
    public JsonNode atPosition(double position) {
        return values.get(Math.min((int) (position * values.size()), values.size() - 1));
    }

    @Override
    public boolean contains(JsonNode value) {
        return indexOf(value) >= 0;
    }

    @Override
    public JsonNode canonical(JsonNode value) {
        int index = indexOf(value);
        return index < 0 ? value : values.get(index);
    }

    @Override
    public List<JsonNode> extremes() {
        return values;
    }

    /** Returns the position of an equal value; -1 if there is none. */
    int indexOf(JsonNode value) {
        for (int i = 0; i < values.size(); i++) {
            if (JsonValues.same(values.get(i), value)) {
                return i;
            }
        }
        return -1;
    }
}
