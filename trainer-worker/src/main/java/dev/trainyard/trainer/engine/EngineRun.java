package dev.trainyard.trainer.engine;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.job.Score;

/** One training in progress; used by one thread. */
public interface EngineRun extends AutoCloseable {

    /** Epochs trained so far, those of a resumed checkpoint included. */
    int epochsDone();

    /** Number of trainable parameters. */
    long parameters();

    /**
     * Trains one epoch. Order of the images and dropout depend on the seed and the epoch's number only.
     *
     * @return running mean over the batches in training mode
     */
    Score trainEpoch(ImageDataset images, BatchListener listener);

    /** Loss and accuracy over {@code images}, dropout off. */
    Score evaluate(ImageDataset images, BatchListener listener);

    /** Probabilities, {@code images.size()} rows of one per class, dropout off. */
    float[][] probabilities(ImageDataset images);

    /** Parameters, updater state and place, also within an epoch that was stopped; the same run gives the same bytes. */
    byte[] checkpoint();

    /**
     * As {@link #checkpoint}, with the last epoch still open and all of its images trained on: whoever resumes it has only
     * to close that epoch, and gets the same score.
     *
     * @throws IllegalStateException if this run has closed no epoch yet
     */
    byte[] checkpointBeforeEpochEnd();

    /** The network with its present parameters as an ONNX model: {@code image [N,C,H,W]} to {@code probabilities}. */
    byte[] exportOnnx();

    /** SHA-256 of all parameters as little-endian float32, lower-case hex. */
    String weightsSha256();

    @Override
    void close();
}
