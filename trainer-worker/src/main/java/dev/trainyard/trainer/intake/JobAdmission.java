package dev.trainyard.trainer.intake;

import dev.trainyard.message.TrainJob;

/** Decides over a job at the head of the queue, before its offset is committed. */
@FunctionalInterface
public interface JobAdmission {

    /**
     * Claims {@code job} or turns it away.
     *
     * @throws org.apache.kafka.common.KafkaException if the claim could not be made known; the job stays in the queue
     */
    Decision decide(TrainJob job) throws InterruptedException;

    /** What became of the job. */
    sealed interface Decision {}

    /** The job must not run; its record is done with. */
    record Rejected() implements Decision {}

    /** The job is claimed by {@code claim}. */
    record Claimed(Claim claim) implements Decision {}

    /** A job this worker has claimed and will run. */
    interface Claim {

        /** Gives the job back, since its offset could not be committed and another worker may get the same record. */
        void giveBack();
    }
}
