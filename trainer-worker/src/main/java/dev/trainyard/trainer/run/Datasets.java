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
}
