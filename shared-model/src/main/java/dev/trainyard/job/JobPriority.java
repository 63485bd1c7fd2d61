package dev.trainyard.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.validation.JsonFieldReader;
import java.util.Map;

/** Priority of a job within its project: 0 to 100, higher first. */
public final class JobPriority {
    public static final String FIELD = "priority";
    public static final int LOW = 25;
    public static final int NORMAL = 50;
    /** From this priority on a job may preempt others. */
    public static final int HIGH = 75;

    private static final int HIGHEST = 100;
    private static final Map<String, Integer> NAMED = Map.of("low", LOW, "normal", NORMAL, "high", HIGH);

    private JobPriority() {}

    /** Reads the field of a train request; reports a violation if it is neither a name nor a number. */
    static int read(JsonFieldReader fields) {
        if (!fields.has(FIELD)) {
            return NORMAL;
        }
        JsonNode node = fields.node(FIELD);
        if (node.isTextual() && NAMED.containsKey(node.textValue())) {
            return NAMED.get(node.textValue());
        }
        if (node.isIntegralNumber() && node.canConvertToInt() && node.intValue() >= 0 && node.intValue() <= HIGHEST) {
            return node.intValue();
        }
        fields.reject(FIELD, "must be low, normal or high, or a whole number from 0 to 100 without quotes");
        return NORMAL;
    }
}
