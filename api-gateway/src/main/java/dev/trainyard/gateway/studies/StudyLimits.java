package dev.trainyard.gateway.studies;

import dev.trainyard.validation.FieldSpec;
import dev.trainyard.validation.JsonFieldReader;
import dev.trainyard.validation.Range;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Limits of a study; null means no limit.
 *
 * @param maxTrials number of trials
 * @param parallelTrials number of trials that are queued or train at the same time
 * @param maxFailedTrials number of failed trials that ends the study
 * @param maxSeconds time for which it runs, without the time for which it is paused
 * @param maxEpochsTotal epochs of all trials together
 */
record StudyLimits(
        int maxTrials,
        int parallelTrials,
        @Nullable Integer maxFailedTrials,
        @Nullable Integer maxSeconds,
        @Nullable Integer maxEpochsTotal) {
    static final FieldSpec<Integer> MAX_TRIALS =
            FieldSpec.integer("max_trials", "Trials", "Number of trials", Range.of(1, 10_000), null);
    static final FieldSpec<Integer> PARALLEL_TRIALS = FieldSpec.integer(
            "parallel_trials", "Trials at once", "Trials that are queued or train at a time", Range.of(1, 1_000), 1);
    static final FieldSpec<Integer> MAX_FAILED_TRIALS = FieldSpec.integer(
            "max_failed_trials", "Failed trials", "Failed trials that end the study", Range.of(1, 10_000), null);
    static final FieldSpec<Integer> MAX_SECONDS =
            FieldSpec.integer("max_seconds", "Seconds", "Time for which the study runs", Range.of(1, 31_536_000), null);
    static final FieldSpec<Integer> MAX_EPOCHS_TOTAL = FieldSpec.integer(
            "max_epochs_total", "Epochs of all trials", "Epochs of all trials together", Range.of(1, 10_000_000), null);

    static final List<FieldSpec<Integer>> FIELDS =
            List.of(MAX_TRIALS, PARALLEL_TRIALS, MAX_FAILED_TRIALS, MAX_SECONDS, MAX_EPOCHS_TOTAL);

    /** Reads the limits of a request; 0 trials if their number is invalid. */
    static StudyLimits read(JsonFieldReader fields) {
        Integer trials = MAX_TRIALS.readRequired(fields);
        StudyLimits limits = new StudyLimits(
                trials == null ? 0 : trials,
                PARALLEL_TRIALS.read(fields),
                optional(fields, MAX_FAILED_TRIALS, null),
                optional(fields, MAX_SECONDS, null),
                optional(fields, MAX_EPOCHS_TOTAL, null));
        fields.rejectUnread();
        return limits;
    }

    /** Reads new limits; those that the request leaves out stay. All but {@code parallel_trials} can only rise. */
    StudyLimits extended(JsonFieldReader fields) {
        StudyLimits next = new StudyLimits(
                raised(fields, MAX_TRIALS, maxTrials, maxTrials),
                PARALLEL_TRIALS.read(fields, parallelTrials),
                optional(fields, MAX_FAILED_TRIALS, maxFailedTrials),
                optional(fields, MAX_SECONDS, maxSeconds),
                optional(fields, MAX_EPOCHS_TOTAL, maxEpochsTotal));
        fields.rejectUnread();
        return next;
    }

    private static int raised(JsonFieldReader fields, FieldSpec<Integer> field, int otherwise, int least) {
        int value = field.read(fields, otherwise);
        if (value < least) {
            fields.reject(field.name(), "must be at least the present limit, which is %d".formatted(least));
            return least;
        }
        return value;
    }

    private static @Nullable Integer optional(
            JsonFieldReader fields, FieldSpec<Integer> field, @Nullable Integer present) {
        if (!fields.has(field.name())) {
            return present;
        }
        Integer value = field.readRequired(fields);
        if (value != null && present != null && value < present) {
            fields.reject(field.name(), "must be at least the present limit, which is %d".formatted(present));
            return present;
        }
        return value == null ? present : value;
    }
}
