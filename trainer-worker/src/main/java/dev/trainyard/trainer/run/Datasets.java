package dev.trainyard.trainer.run;

import java.io.IOException;

/** The datasets this worker can train on. */
@FunctionalInterface
public interface Datasets {

    /**
     * Both splits of {@code name}, such as {@code MnistDataset}.
     *
     * @throws IOException if it is missing or damaged; the message names file and place
     */
    TrainingData load(String name) throws IOException;
}
