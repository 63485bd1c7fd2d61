package dev.trainyard.search;

/** State of a trial, as far as the search needs it. */
public enum TrialState {
    /** Queued or training. */
    RUNNING,
    /** Waits at a rung: its last epoch is the rung's. */
    PAUSED,
    COMPLETED,
    /** Stopped before its last epoch by a pruner, a client or the end of the study. */
    PRUNED,
    FAILED;

    public boolean isEnded() {
        return this != RUNNING && this != PAUSED;
    }
}
