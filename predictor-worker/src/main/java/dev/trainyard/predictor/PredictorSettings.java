package dev.trainyard.predictor;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The predictor's settings, all under {@code trainyard}. */
@ConfigMapping(prefix = "trainyard")
public interface PredictorSettings {

    Artifacts artifacts();

    Worker worker();

    Drain drain();

    Decode decode();

    Models models();

    State state();

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

    /** How pictures are decoded that are too large to be decoded between two others. */
    interface Decode {
        /** By default one less than there are processors, and at least two. */
        OptionalInt threads();

        /** How many may wait; more are answered as overload. */
        @WithDefault("256")
        int waiting();

        /** Longer takes no picture that is meant well. */
        @WithDefault("2s")
        Duration limit();
    }

    /** Which models are loaded. */
    interface Models {
        /** What all of them may take, as estimated; those that are preloaded stay even where they alone take more. */
        @WithDefault("256M")
        MemorySize memory();

        /** Names whose versions in production are loaded at the start and stay; others are loaded when asked for. */
        @WithDefault("DigitModel")
        Set<String> preload();
    }

    /** What a predictor remembers of itself. */
    interface State {
        /** Outlives the process, and may be shared by all predictors of one machine. */
        @WithDefault(".trainyard/predictor")
        Path dir();
    }

    /** How long the end of the process waits for the batch in hand to be answered. */
    interface Drain {
        @WithDefault("10s")
        Duration limit();
    }
}
