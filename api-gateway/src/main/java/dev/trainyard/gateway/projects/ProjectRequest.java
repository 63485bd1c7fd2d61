package dev.trainyard.gateway.projects;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.gateway.permission.ProjectName;
import dev.trainyard.validation.JsonFieldReader;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Body that creates or changes a project, for the OpenAPI document; {@link #read} reads it. */
record ProjectRequest(
        @Schema(description = "Required to create a project", maxLength = ProjectName.MOST_LENGTH)
        String name,

        @Schema(
                description = "Share of the trainers, relative to other projects",
                minimum = "1",
                maximum = "1000",
                defaultValue = "1")
        Integer weight,

        @Schema(description = "Jobs that wait; null for no limit", minimum = "0", nullable = true)
        Integer maxQueued,

        @Schema(description = "Jobs that run at the same time; null for no limit", minimum = "0", nullable = true)
        Integer maxRunning,

        @Schema(
                description = "Epochs of the jobs submitted within 24 hours; null for no limit",
                minimum = "0",
                nullable = true)
        Integer epochsPerDay,

        @Schema(description = "Bytes of the files of models; null for no limit", minimum = "0", nullable = true)
        Long storedBytes,

        @Schema(description = "Images in a second, on each gateway; null for no limit", minimum = "0", nullable = true)
        Integer predictionsPerSecond) {
    private static final int MOST_WEIGHT = 1_000;
    private static final int DEFAULT_WEIGHT = 1;

    /**
     * The result is only valid if {@code fields} has reported no violation.
     *
     * @param name of the project; null if the body has it
     */
    static Project read(JsonFieldReader fields, @Nullable String name) {
        String named = name == null ? name(fields) : name;
        Long weight = number(fields, "weight", 1, MOST_WEIGHT);
        ProjectQuotas quotas = new ProjectQuotas(
                integer(fields, "max_queued"),
                integer(fields, "max_running"),
                integer(fields, "epochs_per_day"),
                number(fields, "stored_bytes", 0, Long.MAX_VALUE),
                integer(fields, "predictions_per_second"));
        fields.rejectUnread();
        return new Project(named, weight == null ? DEFAULT_WEIGHT : weight.intValue(), quotas);
    }

    private static String name(JsonFieldReader fields) {
        String name = fields.node("name").asText("");
        if (!fields.node("name").isTextual() || !ProjectName.isValid(name)) {
            fields.reject("name", "is required; write " + ProjectName.RULE);
        }
        return name;
    }

    private static @Nullable Integer integer(JsonFieldReader fields, String name) {
        Long value = number(fields, name, 0, Integer.MAX_VALUE);
        return value == null ? null : (Integer) value.intValue();
    }

    /** Null if the field is absent or null. */
    private static @Nullable Long number(JsonFieldReader fields, String name, long least, long most) {
        JsonNode node = fields.node(name);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.isIntegralNumber()
                || !node.canConvertToLong()
                || node.longValue() < least
                || node.longValue() > most) {
            fields.reject(
                    name,
                    most == Long.MAX_VALUE
                            ? "must be a whole number from %d".formatted(least)
                            : "must be a whole number from %d to %d".formatted(least, most));
            return null;
        }
        return node.longValue();
    }
}
