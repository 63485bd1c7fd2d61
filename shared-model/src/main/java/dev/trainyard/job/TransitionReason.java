package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Reason for a state transition, stored with it. */
public enum TransitionReason {
    @JsonProperty("submitted")
    SUBMITTED,
    @JsonProperty("claimed")
    CLAIMED,
    @JsonProperty("completed")
    COMPLETED,
    @JsonProperty("cancelled_by_client")
    CANCELLED_BY_CLIENT,
    @JsonProperty("paused_by_client")
    PAUSED_BY_CLIENT,
    @JsonProperty("resumed_by_client")
    RESUMED_BY_CLIENT,
    @JsonProperty("retried_by_client")
    RETRIED_BY_CLIENT,
    @JsonProperty("worker_lost")
    WORKER_LOST,
    @JsonProperty("worker_drained")
    WORKER_DRAINED,
    @JsonProperty("dispatch_lost")
    DISPATCH_LOST,
    /** The record expired by the topic's retention before a trainer read it. */
    @JsonProperty("record_expired")
    RECORD_EXPIRED,
    /** The job was paused longer than the retention of paused jobs. */
    @JsonProperty("paused_too_long")
    PAUSED_TOO_LONG,
    @JsonProperty("run_failed")
    RUN_FAILED,
    @JsonProperty("dispatch_refused")
    DISPATCH_REFUSED,
    @JsonProperty("rejected")
    REJECTED,
    @JsonProperty("attempts_exhausted")
    ATTEMPTS_EXHAUSTED,
    @JsonProperty("never_claimed")
    NEVER_CLAIMED,
    @JsonProperty("poison")
    POISON
}
