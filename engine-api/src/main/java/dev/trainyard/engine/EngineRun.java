package dev.trainyard.engine;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.job.Score;

/** A training in progress. Not thread-safe. */
public interface EngineRun extends TrainedModel {

    /** Number of trained epochs, including those of a resumed checkpoint. */
    int epochsDone();

    /**
     * Trains one epoch. Image order and dropout depend only on seed and epoch number.
     *
     * @return running mean over the batches in training mode
     */
    Score trainEpoch(ImageDataset images, BatchListener listener);

    /**
     * Parameters, updater state and position, also within a stopped epoch. Deterministic: the same run gives the same
     * bytes.
     */
    byte[] checkpoint();

    /**
     * Like {@link #checkpoint}, but before the end of the last epoch with all of its images trained. The resuming run
     * only ends that epoch and gets the same score.
     *
     * @throws IllegalStateException if this run has not ended an epoch yet
     */
    byte[] checkpointBeforeEpochEnd();
}
