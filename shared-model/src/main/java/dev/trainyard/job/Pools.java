package dev.trainyard.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.validation.JsonFieldReader;

/** Names of pools: a pool is a set of trainers, and a job runs on a trainer of its pool. */
public final class Pools {
    /** Pool of jobs and trainers that name none. */
    public static final String DEFAULT = "default";
    /** {@code dlq} would be the dead-letter topic. */
    public static final String PATTERN = "(?!dlq$)[a-z]([a-z0-9-]{0,30}[a-z0-9])?";

    public static final String RULE =
            "must be a name of 1 to 32 small letters, digits and hyphens that begins with a letter, such as gpu, and not dlq";

    private Pools() {}

    public static boolean isName(String text) {
        return text.matches(PATTERN);
    }

    /** Reads the field {@code pool}; returns the default pool if it is missing or invalid. */
    public static String read(JsonFieldReader fields) {
        JsonNode node = fields.node("pool");
        if (node.isMissingNode()) {
            return DEFAULT;
        }
        if (!node.isTextual() || !isName(node.textValue())) {
            fields.reject("pool", RULE);
            return DEFAULT;
        }
        return node.textValue();
    }
}
