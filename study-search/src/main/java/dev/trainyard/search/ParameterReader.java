package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.validation.FieldSpec;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Range;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one parameter of a search space. */
final class ParameterReader {
    /** Most values of a categorical parameter. */
    private static final int MAX_VALUES = 100;

    private static final double LARGEST = 1e100;
    private static final FieldSpec<Double> MIN =
            FieldSpec.decimal("min", "Least", "Smallest value", Range.of(-LARGEST, LARGEST), null);
    private static final FieldSpec<Double> MAX =
            FieldSpec.decimal("max", "Most", "Largest value", Range.of(-LARGEST, LARGEST), null);
    private static final FieldSpec<Double> STEP =
            FieldSpec.decimal("step", "Step", "Distance of the values", Range.above(0, LARGEST), null);
    private static final Range WHOLE = new Range(-IntParameter.LARGEST, false, IntParameter.LARGEST, false);
    private static final FieldSpec<Long> INT_MIN = FieldSpec.bigInteger("min", "Least", "Smallest value", WHOLE, null);
    private static final FieldSpec<Long> INT_MAX = FieldSpec.bigInteger("max", "Most", "Largest value", WHOLE, null);
    private static final FieldSpec<Long> INT_STEP = FieldSpec.bigInteger(
            "step", "Step", "Distance of the values", new Range(1, false, IntParameter.LARGEST, false), 1L);

    private ParameterReader() {}

    /** Returns the parameter; empty after a violation. */
    static Optional<Parameter> read(JsonFieldReader fields) {
        String type = fields.choice("type", List.of("float", "int", "categorical"), null);
        if (type == null) {
            return Optional.empty();
        }
        Map<String, JsonNode> when = conditions(fields);
        Parameter parameter =
                switch (type) {
                    case "float" -> decimal(fields, when);
                    case "int" -> whole(fields, when);
                    default -> categorical(fields, when);
                };
        fields.rejectUnread();
        return Optional.ofNullable(parameter);
    }

    static Parameter withConditions(Parameter parameter, Map<String, JsonNode> when) {
        if (parameter instanceof FloatParameter p) {
            return new FloatParameter(p.min(), p.max(), p.scale(), p.step(), when);
        }
        if (parameter instanceof IntParameter p) {
            return new IntParameter(p.min(), p.max(), p.scale(), p.step(), when);
        }
        return new CategoricalParameter(((CategoricalParameter) parameter).values(), when);
    }

    private static @Nullable Parameter decimal(JsonFieldReader fields, Map<String, JsonNode> when) {
        Double min = MIN.readRequired(fields);
        Double max = MAX.readRequired(fields);
        Scale scale = fields.oneOf("scale", Scale.class, Scale.LINEAR);
        Double step = fields.has("step") ? STEP.readRequired(fields) : null;
        if (min == null || max == null || !isRange(fields, min, max, scale, step != null)) {
            return null;
        }
        if (step != null && (max - min) / step > IntParameter.LARGEST) {
            fields.reject("step", "is too small for this range");
            return null;
        }
        return new FloatParameter(min, max, scale, step, when);
    }

    private static @Nullable Parameter whole(JsonFieldReader fields, Map<String, JsonNode> when) {
        Long min = INT_MIN.readRequired(fields);
        Long max = INT_MAX.readRequired(fields);
        Scale scale = fields.oneOf("scale", Scale.class, Scale.LINEAR);
        long step = INT_STEP.read(fields);
        if (min == null || max == null || !isRange(fields, min, max, scale, step != 1)) {
            return null;
        }
        return new IntParameter(min, max, scale, step, when);
    }

    private static boolean isRange(JsonFieldReader fields, double min, double max, Scale scale, boolean stepped) {
        boolean valid = true;
        if (max <= min) {
            fields.reject("max", "must be above min");
            valid = false;
        }
        if (scale == Scale.LOG && min <= 0) {
            fields.reject("min", "must be above 0 on a logarithmic scale");
            valid = false;
        }
        if (scale == Scale.LOG && stepped) {
            fields.reject("step", "must be left out on a logarithmic scale");
            valid = false;
        }
        return valid;
    }

    private static @Nullable Parameter categorical(JsonFieldReader fields, Map<String, JsonNode> when) {
        JsonNode node = fields.node("values");
        if (!node.isArray() || node.isEmpty() || node.size() > MAX_VALUES) {
            fields.reject("values", "must be a list of 1 to %d values".formatted(MAX_VALUES));
            return null;
        }
        List<JsonNode> values = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            JsonNode value = node.get(i);
            if (values.stream().anyMatch(other -> JsonValues.same(other, value))) {
                fields.reject("values/" + i, "is in the list already");
            } else if (value.isNull()) {
                fields.reject("values/" + i, "must not be null");
            }
            values.add(value);
        }
        return new CategoricalParameter(values, when);
    }

    private static Map<String, JsonNode> conditions(JsonFieldReader fields) {
        if (!fields.has("when")) {
            return Map.of();
        }
        JsonNode node = fields.node("when");
        if (!node.isObject() || node.isEmpty()) {
            fields.reject("when", "must be an object such as {\"/network\":\"mlp\"}");
            return Map.of();
        }
        Map<String, JsonNode> when = new LinkedHashMap<>();
        node.properties().forEach(condition -> when.put(condition.getKey(), condition.getValue()));
        return when;
    }
}
