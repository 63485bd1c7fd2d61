package dev.trainyard.trainer.intake;

import dev.trainyard.message.TrainJob;
import java.util.Optional;

/** Decides about a job at the head of the queue before its offset is committed. */
@FunctionalInterface
public interface JobAdmission {

    /**
     * Claims {@code job}, called within the span that sent its record; empty if it must not run, so that its record is consumed.
     *
     * @throws org.apache.kafka.common.KafkaException if the claim could not be sent; the job stays in the queue
     */
    Optional<? extends Claim> claim(TrainJob job) throws InterruptedException;

    /** A job claimed by this worker. */
    interface Claim {

        /** Returns the job, because its offset could not be committed and another worker may get the same record. */
        void release();
    }
}
