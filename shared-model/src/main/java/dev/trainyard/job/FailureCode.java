package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;

/** Why a job or an attempt failed: a code for programs; the sentence for a person travels beside it. */
public enum FailureCode {
    /** The configuration cannot be trained here at all; never retried. */
    @JsonProperty("configuration_rejected")
    CONFIGURATION_REJECTED(Kind.REJECTED),
    /** The dataset is missing or damaged on the worker. */
    @JsonProperty("dataset_unreadable")
    DATASET_UNREADABLE(Kind.FAILED),
    /** The loss became NaN or infinite. The run is deterministic, so another try ends the same way. */
    @JsonProperty("training_diverged")
    TRAINING_DIVERGED(Kind.REJECTED),
    /** The exported model and the engine disagree. */
    @JsonProperty("export_disagrees")
    EXPORT_DISAGREES(Kind.REJECTED),
    /** The file is no model that can be imported, or does not answer as its reference says. */
    @JsonProperty("import_rejected")
    IMPORT_REJECTED(Kind.REJECTED),
    /** The artifact store refused a checkpoint or the model. */
    @JsonProperty("artifact_store_failed")
    ARTIFACT_STORE_FAILED(Kind.FAILED),
    /** The artifact store's disk is full; another try would only fill it again before an operator made room. */
    @JsonProperty("disk_full")
    DISK_FULL(Kind.REJECTED),
    /** The worker's engine lacks what it needs to train; the message says what to change on that worker. */
    @JsonProperty("engine_unavailable")
    ENGINE_UNAVAILABLE(Kind.FAILED),
    /** Anything the worker did not foresee, and any code that only later releases know. */
    @JsonEnumDefaultValue
    @JsonProperty("internal_error")
    INTERNAL_ERROR(Kind.FAILED),
    /** Three attempts were charged and none finished. */
    @JsonProperty("attempts_exhausted")
    ATTEMPTS_EXHAUSTED(Kind.FAILED),
    /** Workers consumed its record again and again and none claimed it. */
    @JsonProperty("never_claimed")
    NEVER_CLAIMED(Kind.REJECTED),
    /** Kafka refused the record that was to bring the job to a worker, such as one that is too large. */
    @JsonProperty("dispatch_refused")
    DISPATCH_REFUSED(Kind.REJECTED),
    /** Two workers died under this job without an epoch gained. */
    @JsonProperty("poison")
    POISON(Kind.POISON);

    /** What follows from a failure. */
    public enum Kind {
        /** The same input ends the same way: never tried again by itself. */
        REJECTED,
        /** May pass: tried again up to the limit of attempts. */
        FAILED,
        /** Kills its workers: not tried again by itself. */
        POISON
    }

    private final Kind kind;

    FailureCode(Kind kind) {
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** The code of that wire name; of one that only later releases know, {@link #INTERNAL_ERROR}. */
    public static FailureCode of(String wireName) {
        return Arrays.stream(values())
                .filter(code -> code.name().equalsIgnoreCase(wireName))
                .findFirst()
                .orElse(INTERNAL_ERROR);
    }

    /** Whether a job that ended so left a record that no worker could process, rather than an answer. */
    public boolean isUnprocessable() {
        return this == POISON || this == NEVER_CLAIMED || this == ATTEMPTS_EXHAUSTED;
    }

    /** Whether an attempt that ended so is followed by another by itself. */
    public boolean isRetryable() {
        return kind == Kind.FAILED && this != ATTEMPTS_EXHAUSTED;
    }
}
