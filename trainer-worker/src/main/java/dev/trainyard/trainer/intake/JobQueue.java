package dev.trainyard.trainer.intake;

import java.util.Optional;

/** Queue of waiting jobs; idle workers take one job at a time. */
public interface JobQueue {

    /**
     * Waits for a job that {@code admission} claims. On return this worker has left the consumer group.
     *
     * @return the claim; empty after {@link #wakeup}
     * @throws org.apache.kafka.common.KafkaException if the broker is unavailable; no job was taken
     */
    Optional<JobAdmission.Claim> take(JobAdmission admission) throws InterruptedException;

    /** Makes the current and all later calls of {@link #take} return empty. Used for shutdown. */
    void wakeup();
}
