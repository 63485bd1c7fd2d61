package dev.trainyard.trainer.intake;

import dev.trainyard.message.TrainJob;

/** Decides about a job at the head of the queue before its offset is committed. */
@FunctionalInterface
public interface JobAdmission {

    /**
     * Claims or rejects {@code job}.
     *
     * @throws org.apache.kafka.common.KafkaException if the claim could not be sent; the job stays in the queue
     */
    Decision decide(TrainJob job) throws InterruptedException;

    /** Result of the decision. */
    sealed interface Decision {}

    /** The job must not run; its record is consumed. */
    record Rejected() implements Decision {}

    /** The job is claimed by {@code claim}. */
    record Claimed(Claim claim) implements Decision {}

    /** A job claimed by this worker. */
    interface Claim {

        /** Returns the job, because its offset could not be committed and another worker may get the same record. */
        void release();
    }
}
