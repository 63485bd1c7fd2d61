package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A decimal number from {@code min} to {@code max}.
 *
 * @param step distance of the values from {@code min} on; null for all numbers of the range
 */
public record FloatParameter(
        double min, double max, Scale scale, @Nullable Double step, Map<String, JsonNode> when)
        implements NumericParameter {
    public FloatParameter {
        when = Map.copyOf(when);
    }

    @Override
    public double lowest() {
        return min;
    }

    @Override
    public double highest() {
        return step == null ? max : number(steps(step));
    }

    @Override
    public double spacing() {
        return step == null ? 0 : step;
    }

    @Override
    public OptionalLong size() {
        return step == null ? OptionalLong.empty() : OptionalLong.of(steps(step) + 1);
    }

    @Override
    public JsonNode at(long index) {
        return DoubleNode.valueOf(number(index));
    }

    @Override
    public JsonNode nearest(double number) {
        if (step == null) {
            return DoubleNode.valueOf(Math.min(Math.max(number, min), max));
        }
        return at(Math.min(Math.max(index(number, step), 0), steps(step)));
    }

    @Override
    public boolean contains(JsonNode value) {
        if (!value.isNumber() || !(value.doubleValue() >= min) || !(value.doubleValue() <= max)) {
            return false;
        }
        return step == null || number(index(value.doubleValue(), step)) == value.doubleValue();
    }

    @Override
    public JsonNode canonical(JsonNode value) {
        return contains(value) ? DoubleNode.valueOf(value.doubleValue() + 0.0) : value;
    }

    private long index(double number, double step) {
        return Math.round((number - min) / step);
    }

    private long steps(double step) {
        return decimal(max)
                .subtract(decimal(min))
                .divide(decimal(step), 0, RoundingMode.FLOOR)
                .longValueExact();
    }

    /** Decimal arithmetic, so that the third step of 0.1 is 0.3. */
    private double number(long index) {
        return step == null
                ? Double.NaN
                : decimal(min)
                        .add(decimal(step).multiply(BigDecimal.valueOf(index)))
                        .doubleValue();
    }

    private static BigDecimal decimal(double number) {
        return BigDecimal.valueOf(number);
    }
}
