package dev.trainyard.gateway.scheduling;

import java.util.Collection;

/** Knows the trainers of each pool. */
@FunctionalInterface
public interface TrainerDirectory {
    /** Names of the trainers of {@code pool} that wait for a job. */
    Collection<String> waiting(String pool);

    /** Returns true if the trainer, which may be running a job of another pool, also serves {@code pool}. */
    default boolean serves(String trainer, String pool) {
        return false;
    }
}
