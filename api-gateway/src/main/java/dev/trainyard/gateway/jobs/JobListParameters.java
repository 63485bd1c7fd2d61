package dev.trainyard.gateway.jobs;

import dev.trainyard.gateway.http.Moments;
import dev.trainyard.gateway.http.PageLimit;
import dev.trainyard.gateway.problem.ProblemException;
import dev.trainyard.gateway.runtime.Cursor;
import dev.trainyard.job.JobStatus;
import dev.trainyard.job.Pools;
import dev.trainyard.job.TrainingConfig;
import dev.trainyard.network.Networks;
import dev.trainyard.validation.Violation;
import jakarta.ws.rs.DefaultValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Query parameters of the list of jobs. */
public class JobListParameters {
    private static final String FIRST_KEY = "00000000-0000-0000-0000-000000000000";
    private static final String LAST_KEY = "ffffffff-ffff-ffff-ffff-ffffffffffff";
    private static final String KEY = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    @RestQuery
    @Parameter(
            description = "Only jobs with this status",
            schema = @Schema(implementation = JobStatus.class),
            example = "success")
    public @Nullable String status;

    @RestQuery
    @Parameter(
            description = "Only jobs with this network",
            schema = @Schema(type = SchemaType.STRING),
            example = "lenet5")
    public @Nullable String network;

    @RestQuery
    @Parameter(description = "Only jobs that train the model with this name", example = "DigitModel")
    public @Nullable String model;

    @RestQuery("model_version")
    @Parameter(
            description = "Only jobs that published a version with this number",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "999999999"),
            example = "1")
    public @Nullable String modelVersion;

    @RestQuery
    @Parameter(description = "Only jobs whose key starts with this prefix", example = "6f1c")
    public @Nullable String key;

    @RestQuery
    @Parameter(
            description = "Only jobs of this pool of trainers",
            schema = @Schema(type = SchemaType.STRING, pattern = "^" + Pools.PATTERN + "$"),
            example = "default")
    public @Nullable String pool;

    @RestQuery
    @Parameter(
            description = "Only jobs of this study, which are left out otherwise",
            schema = @Schema(type = SchemaType.STRING, format = "uuid"),
            example = "6f1c1a52-0f7e-4b3c-9a66-0d6f0b0c7a11")
    public @Nullable String study;

    @RestQuery("created_after")
    @Parameter(
            description = "Only jobs submitted at or after this time",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"),
            example = "2026-01-31T08:00:00Z")
    public @Nullable String createdAfter;

    @RestQuery("created_before")
    @Parameter(
            description = "Only jobs submitted before this time",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"),
            example = "2026-02-28T18:30:00+01:00")
    public @Nullable String createdBefore;

    @RestQuery
    @DefaultValue("50")
    @Parameter(
            description = "Maximum number of jobs in the response",
            schema =
                    @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = PageLimit.MAXIMUM, defaultValue = "50"),
            example = "20")
    public String limit;

    @RestQuery
    @Parameter(description = "next_cursor of an earlier response to the same query", example = "AAAAAAAAACo")
    public @Nullable String cursor;

    /** @param after position after which the page starts; null for the first page */
    record ListQuery(JobFilter filter, int limit, @Nullable Cursor after) {}

    /** @throws ProblemException 422 with every invalid parameter */
    ListQuery read(String project) {
        List<Violation> errors = new ArrayList<>();
        JobFilter filter = filter("?", project, errors);
        int count = PageLimit.read(limit, errors);
        Cursor after = Cursor.read(cursor, errors);
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
        return new ListQuery(filter, count, after);
    }

    /** @param prefix of the names in {@code errors} */
    JobFilter filter(String prefix, String project, List<Violation> errors) {
        return new JobFilter(
                status(prefix, errors),
                network(prefix, errors),
                model(prefix, errors),
                version(prefix, errors),
                keys(prefix, errors),
                pool(prefix, errors),
                Moments.read(prefix + "created_after", createdAfter, errors),
                Moments.read(prefix + "created_before", createdBefore, errors),
                project,
                trials(prefix, errors));
    }

    private JobFilter.Trials trials(String prefix, List<Violation> errors) {
        if (study == null) {
            return new JobFilter.Trials(null);
        }
        if (!study.matches(KEY)) {
            errors.add(new Violation(prefix + "study", "must be the id of a study; GET /api/v1/studies lists them"));
            return new JobFilter.Trials(null);
        }
        return new JobFilter.Trials(UUID.fromString(study));
    }

    private @Nullable JobStatus status(String prefix, List<Violation> errors) {
        if (status == null) {
            return null;
        }
        List<String> known =
                Arrays.stream(JobStatus.values()).map(JobStatus::wireName).toList();
        requireKnown(prefix + "status", status, known, errors);
        return JobStatus.find(status).orElse(null);
    }

    private @Nullable String network(String prefix, List<Violation> errors) {
        if (network != null) {
            List<String> known = new ArrayList<>(Networks.names());
            known.add(TrainingConfig.IMPORTED);
            requireKnown(prefix + "network", network, known, errors);
        }
        return network;
    }

    private static void requireKnown(String name, String value, List<String> known, List<Violation> errors) {
        if (!known.contains(value)) {
            errors.add(new Violation(name, "must be one of %s, not \"%s\"".formatted(known, value)));
        }
    }

    /** PostgreSQL rejects text with the character 0. */
    private @Nullable String model(String prefix, List<Violation> errors) {
        if (model != null && model.indexOf(0) >= 0) {
            errors.add(new Violation(prefix + "model", "must be the name of a model, such as DigitModel"));
        }
        return model;
    }

    private @Nullable Integer version(String prefix, List<Violation> errors) {
        if (modelVersion == null) {
            return null;
        }
        int number = modelVersion.matches("[0-9]{1,9}") ? Integer.parseInt(modelVersion) : 0;
        if (number < 1) {
            errors.add(new Violation(prefix + "model_version", "must be a whole number from 1 to 999999999"));
        }
        return number;
    }

    private JobFilter.@Nullable KeyRange keys(String prefix, List<Violation> errors) {
        if (key == null) {
            return null;
        }
        String start = key.toLowerCase(Locale.ROOT);
        int length = start.length();
        if (length < 1 || length > FIRST_KEY.length() || !(start + FIRST_KEY.substring(length)).matches(KEY)) {
            errors.add(new Violation(prefix + "key", "must be a job's key or its beginning, such as 6f1c"));
            return null;
        }
        return new JobFilter.KeyRange(
                UUID.fromString(start + FIRST_KEY.substring(length)),
                UUID.fromString(start + LAST_KEY.substring(length)));
    }

    private @Nullable String pool(String prefix, List<Violation> errors) {
        if (pool != null && !Pools.isName(pool)) {
            errors.add(new Violation(prefix + "pool", Pools.RULE));
        }
        return pool;
    }
}
