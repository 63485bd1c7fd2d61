package dev.trainyard.gateway.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.job.JobKeyList;
import dev.trainyard.job.JobStatus;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Body of a request that acts on many jobs, for the OpenAPI document; {@link #read} reads it. */
@Schema(requiredProperties = "action", additionalProperties = Schema.False.class)
record BulkActionRequest(
        JobAction action,

        @Schema(description = "Selects the jobs that match all its fields, as in GET /api/v1/train")
        Filter filter,

        @Schema(
                maxItems = MOST_JOBS,
                minItems = 1,
                uniqueItems = true,
                implementation = String[].class,
                description = "Selects these jobs")
        List<String> keys,

        @Schema(defaultValue = "false", description = "true selects every job; needed if there is no filter and no key")
        Boolean all,

        @Schema(
                minimum = "1",
                maximum = "1000",
                defaultValue = "1000",
                description = "Maximum number of jobs of this request, the oldest first; not with keys")
        Integer limit,

        @Schema(defaultValue = "false", description = "true: only say what the action would do")
        Boolean dryRun) {
    /** Largest number of jobs of one request. */
    static final int MOST_JOBS = 1_000;

    private static final String ONE_SELECTION =
            "select the jobs by exactly one of filter, keys, or \"all\": true, so that no mistake reaches every job";

    /** Fields of the filter. */
    @Schema(name = "JobFilter", additionalProperties = Schema.False.class)
    record Filter(
            JobStatus status,
            String network,
            String model,
            @Schema(minimum = "1", maximum = "999999999") Integer modelVersion,

            @Schema(description = "Beginning of the keys") String key,
            String pool,

            @Schema(
                    type = SchemaType.STRING,
                    format = "uuid",
                    description = "Jobs of this study; without it those of studies are left out")
            String study,

            @Schema(type = SchemaType.STRING, format = "date-time")
            String createdAfter,

            @Schema(type = SchemaType.STRING, format = "date-time")
            String createdBefore) {}

    /** Which jobs a request selects. */
    sealed interface Selection {}

    record ByKeys(List<UUID> keys) implements Selection {}

    record ByFilter(JobFilter filter, int limit) implements Selection {}

    /** @param project whose jobs are selected */
    record Valid(JobAction action, Selection selection, boolean dryRun, String project) {}

    /** @throws ProblemException 422 with every invalid field */
    static Valid read(JsonNode json, String project) {
        List<Violation> errors = new ArrayList<>();
        JsonFieldReader fields = JsonFieldReader.of(json, "", errors);
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        String action = fields.choice("action", JobAction.wireNames(), null);
        boolean all = fields.bool("all", false);
        boolean dryRun = fields.bool("dry_run", false);
        JsonFieldReader filterFields = fields.object("filter");
        JobListParameters parameters = parameters(filterFields);
        boolean filtered = fields.node("filter").size() > 0;
        JobFilter filter = parameters.filter("/filter/", project, errors);
        List<UUID> keys = fields.has("keys") ? JobKeyList.read(fields, "keys", 1, MOST_JOBS) : List.of();
        int limit = limit(fields);
        fields.rejectUnread();
        if (errors.isEmpty() && fields.has("keys") && fields.has("limit")) {
            fields.reject("limit", "cannot be combined with keys");
        }
        int selections = (filtered ? 1 : 0) + (fields.has("keys") ? 1 : 0) + (all ? 1 : 0);
        if (errors.isEmpty() && selections != 1) {
            fields.reject(fields.has("keys") ? "keys" : "filter", ONE_SELECTION);
        }
        if (!errors.isEmpty() || action == null) {
            throw ProblemException.invalid(errors);
        }
        Selection selection = fields.has("keys") ? new ByKeys(keys) : new ByFilter(filter, limit);
        return new Valid(JobAction.valueOf(action.toUpperCase(Locale.ROOT)), selection, dryRun, project);
    }

    private static JobListParameters parameters(JsonFieldReader fields) {
        JobListParameters parameters = new JobListParameters();
        parameters.status = text(fields, "status");
        parameters.network = text(fields, "network");
        parameters.model = text(fields, "model");
        parameters.modelVersion = text(fields, "model_version");
        parameters.key = text(fields, "key");
        parameters.pool = text(fields, "pool");
        parameters.study = text(fields, "study");
        parameters.createdAfter = text(fields, "created_after");
        parameters.createdBefore = text(fields, "created_before");
        fields.rejectUnread();
        return parameters;
    }

    private static @Nullable String text(JsonFieldReader fields, String name) {
        JsonNode node = fields.node(name);
        if (node.isMissingNode()) {
            return null;
        }
        if (node.isTextual() || node.isIntegralNumber()) {
            return node.asText();
        }
        fields.reject(name, "must be a single value; leave the field out to match every job");
        return null;
    }

    private static int limit(JsonFieldReader fields) {
        JsonNode node = fields.node("limit");
        if (node.isMissingNode()) {
            return MOST_JOBS;
        }
        if (node.isIntegralNumber() && node.canConvertToInt() && node.intValue() >= 1 && node.intValue() <= MOST_JOBS) {
            return node.intValue();
        }
        fields.reject(
                "limit",
                "must be a whole number from 1 to %,d; repeat the request for the remaining jobs".formatted(MOST_JOBS));
        return MOST_JOBS;
    }
}
