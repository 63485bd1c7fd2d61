package dev.trainyard.gateway.jobs;

import dev.trainyard.job.EpochMetrics;
import dev.trainyard.job.JobState;
import java.util.Collection;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Takes part in the transactions that change jobs. Beans of this type are called in each gateway; an exception undoes
 * the change. A listener uses the handle only, since the transaction may be repeated.
 */
public interface JobListener {
    /** Returns false if the epochs and the end of {@code job} are of no interest. */
    default boolean isConcerned(JobRow job) {
        return true;
    }

    /**
     * Called before a transaction locks jobs that it may end, or whose epochs it may apply. A listener that locks rows
     * of its own for the other methods locks them here, in one order, so that they are always locked before the jobs.
     */
    default void beforeLock(Handle handle, Collection<UUID> jobs) {}

    /**
     * An epoch was applied. The same epoch may come again after a damaged checkpoint.
     *
     * @param job state after the epoch; paused if it is held
     */
    void epochEnded(Handle handle, JobRow job, EpochMetrics metrics);

    /**
     * A job ended, in whichever way. A failed job may still be retried by its owner.
     *
     * @param job state before the end
     */
    void ended(Handle handle, JobRow job, JobState.Terminal state);
}
