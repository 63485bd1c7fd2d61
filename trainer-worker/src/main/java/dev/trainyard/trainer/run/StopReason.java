package dev.trainyard.trainer.run;

/** Reason for stopping a run early. */
public enum StopReason {
    /** The client cancelled the job; the gateway has already changed its state. */
    CANCELLED,
    /** The client paused the job. */
    PAUSED,
    /** Another attempt or token owns the job. */
    FENCED,
    /** This worker is shutting down. */
    DRAINING,
    /** No event was delivered for so long that the lease must be considered lost. */
    CONTACT_LOST,
    /** The artifact store did not answer for longer than its limit. */
    STORAGE_LOST,
    /** The job pauses after this epoch, until the gateway promotes it. */
    HELD
}
