package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A whole number from {@code min} to {@code max}.
 *
 * @param step distance of the values from {@code min} on
 */
public record IntParameter(long min, long max, Scale scale, long step, Map<String, JsonNode> when)
        implements NumericParameter {
    /** Whole numbers up to this one are exact as a double. */
    static final long LARGEST = 1L << 53;

    public IntParameter {
        when = Map.copyOf(when);
    }

    @Override
    public double lowest() {
        return min;
    }

    @Override
    public double highest() {
        return min + steps() * step;
    }

    @Override
    public double spacing() {
        return step;
    }

    @Override
    public OptionalLong size() {
        return OptionalLong.of(steps() + 1);
    }

    @Override
    public JsonNode at(long index) {
        long value = min + index * step;
        return (int) value == value ? IntNode.valueOf((int) value) : LongNode.valueOf(value);
    }

    @Override
    public JsonNode nearest(double number) {
        return at(Math.min(Math.max(Math.round((number - min) / step), 0), steps()));
    }

    @Override
    public boolean contains(JsonNode value) {
        return value.isIntegralNumber()
                && value.canConvertToLong()
                && value.longValue() >= min
                && value.longValue() <= max
                && (value.longValue() - min) % step == 0;
    }

    @Override
    public JsonNode canonical(JsonNode value) {
        return contains(value) ? at((value.longValue() - min) / step) : value;
    }

    private long steps() {
        return (max - min) / step;
    }
}
