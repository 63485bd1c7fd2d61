package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Why a job or an attempt failed: a code for programs; the sentence for a person travels beside it. */
public enum FailureCode {
    /** The configuration cannot be trained here at all; never retried. */
    @JsonProperty("configuration_rejected")
    CONFIGURATION_REJECTED(false),
    /** The dataset is missing or damaged on the worker. */
    @JsonProperty("dataset_unreadable")
    DATASET_UNREADABLE(true),
    /** The loss became NaN or infinite. The run is deterministic, so another try ends the same way. */
    @JsonProperty("training_diverged")
    TRAINING_DIVERGED(false),
    /** The exported model and the engine disagree. */
    @JsonProperty("export_disagrees")
    EXPORT_DISAGREES(false),
    /** The artifact store refused a checkpoint or the model. */
    @JsonProperty("artifact_store_failed")
    ARTIFACT_STORE_FAILED(true),
    /** The worker's engine lacks what it needs to train; the message says what to change on that worker. */
    @JsonProperty("engine_unavailable")
    ENGINE_UNAVAILABLE(true),
    /** Anything the worker did not foresee. */
    @JsonProperty("internal_error")
    INTERNAL_ERROR(true),
    /** Three attempts were charged and none finished. */
    @JsonProperty("attempts_exhausted")
    ATTEMPTS_EXHAUSTED(false),
    /** Two workers died under this job without an epoch gained. */
    @JsonProperty("poison")
    POISON(false);

    private final boolean retryable;

    FailureCode(boolean retryable) {
        this.retryable = retryable;
    }

    public boolean isRetryable() {
        return retryable;
    }
}
