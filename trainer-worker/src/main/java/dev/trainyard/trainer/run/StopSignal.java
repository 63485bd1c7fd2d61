package dev.trainyard.trainer.run;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Requests one run to stop at its next batch; the first reason is kept. */
public final class StopSignal {
    private final AtomicReference<StopReason> reason = new AtomicReference<>();

    public void request(StopReason because) {
        reason.compareAndSet(null, because);
    }

    public Optional<StopReason> reason() {
        return Optional.ofNullable(reason.get());
    }

    void check() {
        StopReason because = reason.get();
        if (because != null) {
            throw new RunStoppedException(because);
        }
    }
}
