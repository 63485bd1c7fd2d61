package dev.trainyard.trainer.run;

import java.io.IOException;

/** Datasets available on this worker. */
@FunctionalInterface
public interface Datasets {

    /**
     * Loads both splits of {@code name}, such as {@code MnistDataset}.
     *
     * @throws IOException if it is missing or damaged; the message contains file and position
     */
    TrainingData load(String name) throws IOException;

    /**
     * Copies datasets to this machine before the first job, because a job must not wait for long.
     *
     * @throws IOException if they cannot be copied at the moment
     */
    default void prepare() throws IOException {}
}
