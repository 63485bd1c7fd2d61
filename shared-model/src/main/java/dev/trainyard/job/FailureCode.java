package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;

/** Reason for a failed job or attempt, as a code for programs; a message for people accompanies it. */
public enum FailureCode {
    /** The configuration cannot be trained; never retried. */
    @JsonProperty("configuration_rejected")
    CONFIGURATION_REJECTED(Kind.REJECTED),
    /** The worker's dataset is missing or damaged. */
    @JsonProperty("dataset_unreadable")
    DATASET_UNREADABLE(Kind.FAILED),
    /** The loss became NaN or infinite. Runs are deterministic, so a retry would end in the same way. */
    @JsonProperty("training_diverged")
    TRAINING_DIVERGED(Kind.REJECTED),
    /** The exported model differs from the engine. */
    @JsonProperty("export_disagrees")
    EXPORT_DISAGREES(Kind.REJECTED),
    /** The file is not an importable model, or differs from its reference. */
    @JsonProperty("import_rejected")
    IMPORT_REJECTED(Kind.REJECTED),
    /** The artifact store could not store a checkpoint or the model. */
    @JsonProperty("artifact_store_failed")
    ARTIFACT_STORE_FAILED(Kind.FAILED),
    /** The artifact store's disk is full; a retry would fail until an operator makes room. */
    @JsonProperty("disk_full")
    DISK_FULL(Kind.REJECTED),
    /** The worker's engine cannot train; the message says what to change on that worker. */
    @JsonProperty("engine_unavailable")
    ENGINE_UNAVAILABLE(Kind.FAILED),
    /** An unexpected error, or any code of a later release. */
    @JsonEnumDefaultValue
    @JsonProperty("internal_error")
    INTERNAL_ERROR(Kind.FAILED),
    /** Three attempts were counted and none finished. */
    @JsonProperty("attempts_exhausted")
    ATTEMPTS_EXHAUSTED(Kind.FAILED),
    /** Workers consumed its record several times without claiming it. */
    @JsonProperty("never_claimed")
    NEVER_CLAIMED(Kind.REJECTED),
    /** Kafka refused the job's dispatch record, for example because it is too large. */
    @JsonProperty("dispatch_refused")
    DISPATCH_REFUSED(Kind.REJECTED),
    /** A job that it waited for has failed; it can be retried once that job was. */
    @JsonProperty("dependency_failed")
    DEPENDENCY_FAILED(Kind.REJECTED),
    /** Two workers died while running this job and no epoch was completed. */
    @JsonProperty("poison")
    POISON(Kind.POISON);

    /** Consequence of a failure. */
    public enum Kind {
        /** A retry would end in the same way: never retried automatically. */
        REJECTED,
        /** Possibly temporary: retried up to the limit of attempts. */
        FAILED,
        /** Kills its workers: not retried automatically. */
        POISON
    }

    private final Kind kind;

    FailureCode(Kind kind) {
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** Returns the code for a wire name; {@link #INTERNAL_ERROR} for codes of later releases. */
    public static FailureCode of(String wireName) {
        return Arrays.stream(values())
                .filter(code -> code.name().equalsIgnoreCase(wireName))
                .findFirst()
                .orElse(INTERNAL_ERROR);
    }

    /** Returns true if the job's record could not be processed by any worker. */
    public boolean isUnprocessable() {
        return this == POISON || this == NEVER_CLAIMED || this == ATTEMPTS_EXHAUSTED;
    }

    /** Returns true if such a failure is retried automatically. */
    public boolean isRetryable() {
        return kind == Kind.FAILED && this != ATTEMPTS_EXHAUSTED;
    }
}
