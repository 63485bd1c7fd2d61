package dev.trainyard.trainer.engine;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.job.Score;

/** One training in progress; used by one thread. */
public interface EngineRun extends TrainedModel {

    /** Epochs trained so far, those of a resumed checkpoint included. */
    int epochsDone();

    /**
     * Trains one epoch. Order of the images and dropout depend on the seed and the epoch's number only.
     *
     * @return running mean over the batches in training mode
     */
    Score trainEpoch(ImageDataset images, BatchListener listener);

    /** Parameters, updater state and place, also within an epoch that was stopped; the same run gives the same bytes. */
    byte[] checkpoint();

    /**
     * As {@link #checkpoint}, with the last epoch still open and all of its images trained on: whoever resumes it has only
     * to close that epoch, and gets the same score.
     *
     * @throws IllegalStateException if this run has closed no epoch yet
     */
    byte[] checkpointBeforeEpochEnd();
}
