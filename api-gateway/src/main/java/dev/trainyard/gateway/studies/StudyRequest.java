package dev.trainyard.gateway.studies;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Schema of a request for the API description only; {@code StudySpecReader} parses requests. */
@Schema(name = "StudyRequest", additionalProperties = Schema.False.class)
record StudyRequest(
        @Schema(required = true, minLength = 1, maxLength = 100)
        String name,

        @Schema(
                required = true,
                type = SchemaType.OBJECT,
                description =
                        "A training configuration as POST /api/v1/train takes it, without callback_url and after; publish decides instead of save_weights")
        Object base,

        Objective objective,

        @Schema(
                required = true,
                type = SchemaType.OBJECT,
                description =
                        "Parameters by their JSON pointers into the configuration. Each is an object with type float, int (both with min, max, scale, step) or categorical (with values), and optionally when: the values that other parameters must have")
        Map<String, Object> space,

        @Schema(type = SchemaType.OBJECT, description = "name, such as random, and seed")
        Object sampler,

        @Schema(type = SchemaType.OBJECT, description = "name, such as asha, with eta, min_epochs and max_epochs")
        Object pruner,

        @Schema(
                enumeration = {"arrival", "fixed"},
                defaultValue = "arrival",
                description =
                        "fixed: decisions use trials in the order of their numbers, so that the result does not depend on the number of trainers")
        String order,

        @Schema(required = true) LimitsRequest limits,

        @Schema(
                type = SchemaType.ARRAY,
                description =
                        "Configurations of the first trials, by the pointers of the space; values that are left out are drawn at random")
        List<Object> enqueue,

        @Schema(
                implementation = String[].class,
                maxItems = 10,
                description = "Ids of studies from whose trials the sampler learns")
        List<String> warmStart,

        @Schema(
                enumeration = {"best", "none"},
                defaultValue = "none",
                description = "best: publish the model of the best trial at the end")
        String publish) {

    /** What is optimised. */
    @Schema(name = "StudyObjective", additionalProperties = Schema.False.class)
    record Objective(
            @Schema(
                    enumeration = {"validation.accuracy", "validation.loss"},
                    defaultValue = "validation.accuracy")
            String metric,

            @Schema(
                    enumeration = {"maximize", "minimize"},
                    description = "by default that in which the metric improves")
            String direction) {}

    /** Limits of a study. */
    @Schema(name = "StudyLimitsRequest", additionalProperties = Schema.False.class)
    record LimitsRequest(
            @Schema(required = true, minimum = "1", maximum = "10000")
            Integer maxTrials,

            @Schema(
                    minimum = "1",
                    maximum = "1000",
                    defaultValue = "1",
                    description = "Trials that are queued or train at a time")
            Integer parallelTrials,

            @Schema(minimum = "1", maximum = "10000", description = "Failed trials that end the study")
            Integer maxFailedTrials,

            @Schema(minimum = "1", maximum = "31536000", description = "Time without pauses after which it ends")
            Integer maxSeconds,

            @Schema(minimum = "1", maximum = "10000000", description = "Epochs of all trials together")
            Integer maxEpochsTotal) {}

    /** New limits; those that are left out stay. */
    @Schema(name = "StudyExtendRequest", additionalProperties = Schema.False.class)
    record ExtendRequest(
            @Schema(minimum = "1", maximum = "10000") Integer maxTrials,
            @Schema(minimum = "1", maximum = "1000") Integer parallelTrials,
            @Schema(minimum = "1", maximum = "10000") Integer maxFailedTrials,
            @Schema(minimum = "1", maximum = "31536000") Integer maxSeconds,
            @Schema(minimum = "1", maximum = "10000000") Integer maxEpochsTotal) {}
}
