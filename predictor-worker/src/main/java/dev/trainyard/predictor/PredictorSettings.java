package dev.trainyard.predictor;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The predictor's settings, all under {@code trainyard}. */
@ConfigMapping(prefix = "trainyard")
public interface PredictorSettings {

    Artifacts artifacts();

    Worker worker();

    Drain drain();

    Models models();

    /** Where models are kept; the same store for every service. */
    interface Artifacts {
        @WithDefault(".trainyard/artifacts")
        Path dir();
    }

    /** Who this predictor is, for people. */
    interface Worker {
        /** By default made of host name and process id. */
        Optional<String> name();
    }

    /** How many models are kept loaded. */
    interface Models {
        /** What all of them may take, as estimated; those in production stay even where they alone take more. */
        @WithDefault("256M")
        MemorySize memory();
    }

    /** How long the end of the process waits for the batch in hand to be answered. */
    interface Drain {
        @WithDefault("10s")
        Duration limit();
    }
}
