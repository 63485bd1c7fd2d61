package dev.trainyard.trainer.run;

/** Why a run is to end before its work is done. */
public enum StopReason {
    /** The client cancelled the job; the gateway has decided its state already. */
    CANCELLED,
    /** The client paused the job. */
    PAUSED,
    /** Another attempt or token owns the job. */
    FENCED,
    /** This worker is going away. */
    DRAINING,
    /** No event got through for so long that the lease must be taken for lost. */
    CONTACT_LOST
}
