package dev.trainyard.gateway.runtime;

import org.jdbi.v3.core.Handle;

/** Stops a task of the leader whose gateway is no longer the leader. */
public interface Fence {
    /** For tests of a single task. */
    Fence NONE = handle -> {};

    /**
     * Called at the start of a transaction.
     *
     * @throws LeadershipLostException if another gateway leads
     */
    void check(Handle handle);

    /** Another gateway has become the leader. */
    final class LeadershipLostException extends RuntimeException {
        LeadershipLostException(long term) {
            super("another gateway leads since term %d ended".formatted(term));
        }
    }
}
