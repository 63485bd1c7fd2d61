package dev.trainyard.trainer.intake;

import java.util.Optional;

/** The waiting jobs, of which a worker takes one while it is idle. */
public interface JobQueue {

    /**
     * Waits for a job that {@code admission} claims. On return this worker is no member of the group any more.
     *
     * @return the claim; empty if {@link #wakeup} came first
     * @throws org.apache.kafka.common.KafkaException if the broker could not be asked; nothing is taken then
     */
    Optional<JobAdmission.Claim> take(JobAdmission admission) throws InterruptedException;

    /** Makes a waiting {@link #take}, or the next one, return empty. For the end of the process: it lasts. */
    void wakeup();
}
