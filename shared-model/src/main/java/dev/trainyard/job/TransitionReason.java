package dev.trainyard.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/** Reason for a state transition, stored with it and shown to clients. */
public enum TransitionReason {
    SUBMITTED("submitted"),
    CLAIMED("claimed"),
    COMPLETED("completed"),
    CANCELLED_BY_CLIENT("cancelled_by_client"),
    PAUSED_BY_CLIENT("paused_by_client"),
    RESUMED_BY_CLIENT("resumed_by_client"),
    RETRIED_BY_CLIENT("retried_by_client"),
    WORKER_LOST("worker_lost"),
    WORKER_DRAINED("worker_drained"),
    /** A job of a higher priority took the trainer. */
    PREEMPTED("preempted"),
    DISPATCH_LOST("dispatch_lost"),
    /** The record expired by the topic's retention before a trainer read it. */
    RECORD_EXPIRED("record_expired"),
    /** The job is held after an epoch of its submitter's choice, until it is promoted. */
    RUNG("rung"),
    /** A held job goes on. */
    PROMOTED("promoted"),
    /** The study of the job was paused. */
    STUDY_PAUSED("study_paused"),
    STUDY_RESUMED("study_resumed"),
    /** The pruner of its study, or a client, stopped the trial. */
    PRUNED("pruned"),
    /** The study of the job ended. */
    STUDY_ENDED("study_ended"),
    /** The job was paused longer than the retention of paused jobs. */
    PAUSED_TOO_LONG("paused_too_long"),
    /** All jobs that it waited for have succeeded. */
    DEPENDENCIES_MET("dependencies_met"),
    /** A job that it waited for has failed. */
    DEPENDENCY_FAILED("dependency_failed"),
    DEPENDENCY_CANCELLED("dependency_cancelled"),
    RUN_FAILED("run_failed"),
    DISPATCH_REFUSED("dispatch_refused"),
    REJECTED("rejected"),
    ATTEMPTS_EXHAUSTED("attempts_exhausted"),
    NEVER_CLAIMED("never_claimed"),
    POISON("poison"),
    /** Reason that a later release stored. */
    UNKNOWN("unknown");

    private final String wireName;

    TransitionReason(String wireName) {
        this.wireName = wireName;
    }

    @JsonValue
    public String wireName() {
        return wireName;
    }

    /** Returns the reason for a wire name; {@link #UNKNOWN} for reasons of later releases. */
    @JsonCreator
    public static TransitionReason of(String wireName) {
        return Arrays.stream(values())
                .filter(reason -> reason.wireName.equals(wireName))
                .findFirst()
                .orElse(UNKNOWN);
    }

    /** Returns true if a job that is queued again for this reason keeps its position in the queue. */
    public boolean keepsQueuePosition() {
        return this == DISPATCH_LOST || this == RECORD_EXPIRED || this == PREEMPTED || this == PROMOTED;
    }

    /** Returns true if the attempt ended because its worker stopped sending heartbeats. */
    public boolean isWorkerLoss() {
        return this == WORKER_LOST || this == POISON || this == ATTEMPTS_EXHAUSTED;
    }
}
