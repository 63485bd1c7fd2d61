package dev.trainyard.trainer.run;

/** Propagates a stop out of the engine's batch loop. */
final class RunStoppedException extends RuntimeException {
    private final transient StopReason reason;

    RunStoppedException(StopReason reason) {
        super(reason.name(), null, false, false);
        this.reason = reason;
    }

    StopReason reason() {
        return reason;
    }
}
