package dev.trainyard.gateway.studies;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.extensions.Extension;
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

        Sampler sampler,

        Pruner pruner,

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
    private static final String CHOICES = "x-choices";

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

    /** Proposes configurations. {@code x-choices} names the samplers that take an argument. */
    @Schema(name = "StudySamplerRequest", additionalProperties = Schema.False.class)
    record Sampler(
            @Schema(
                    enumeration = {"tpe", "random", "grid", "cma_es"},
                    defaultValue = "tpe")
            String name,

            @Schema(defaultValue = "42", description = "Whole number that all suggestions derive from")
            Long seed,

            @Schema(
                    minimum = "1",
                    maximum = "1000",
                    defaultValue = "10",
                    description = "Random trials before the first proposal",
                    extensions = @Extension(name = CHOICES, value = "tpe"))
            Integer startupTrials,

            @Schema(
                    minimum = "1",
                    maximum = "1000",
                    defaultValue = "24",
                    description = "Points of which the best one is proposed",
                    extensions = @Extension(name = CHOICES, value = "tpe"))
            Integer candidates,

            @Schema(
                    minimum = "2",
                    maximum = "1000",
                    description = "Values of a decimal number without steps",
                    extensions = @Extension(name = CHOICES, value = "grid"))
            Integer points) {}

    /** Stops trials. {@code x-choices} names the pruners that take an argument. */
    @Schema(name = "StudyPrunerRequest", additionalProperties = Schema.False.class)
    record Pruner(
            @Schema(
                    enumeration = {"none", "asha", "hyperband", "median"},
                    defaultValue = "none")
            String name,

            @Schema(
                    minimum = "1",
                    maximum = "1000",
                    description = "Epochs of a trial that runs to its end; those of the configuration if left out")
            Integer maxEpochs,

            @Schema(
                    minimum = "1",
                    maximum = "1000",
                    defaultValue = "1",
                    description = "Epochs before trials are compared",
                    extensions = @Extension(name = CHOICES, value = "asha hyperband"))
            Integer minEpochs,

            @Schema(
                    minimum = "2",
                    maximum = "10",
                    defaultValue = "3",
                    description = "One of this many trials goes on at each rung",
                    extensions = @Extension(name = CHOICES, value = "asha hyperband"))
            Integer eta,

            @Schema(
                    enumeration = {"pause", "stop"},
                    defaultValue = "pause",
                    description =
                            "pause: trials wait at a rung until they are promoted; stop: they end or go on at once",
                    extensions = @Extension(name = CHOICES, value = "asha"))
            String promotion,

            @Schema(
                    minimum = "1",
                    maximum = "1000",
                    defaultValue = "5",
                    description = "Completed trials before one is stopped",
                    extensions = @Extension(name = CHOICES, value = "median"))
            Integer startupTrials,

            @Schema(
                    minimum = "0",
                    maximum = "1000",
                    defaultValue = "0",
                    description = "Epochs in which a trial is not stopped",
                    extensions = @Extension(name = CHOICES, value = "median"))
            Integer warmupEpochs) {}

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
