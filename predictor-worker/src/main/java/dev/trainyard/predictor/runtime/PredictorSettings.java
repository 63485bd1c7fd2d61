package dev.trainyard.predictor.runtime;

import dev.trainyard.worker.WorkerSettings;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Set;

/** Settings of the predictor, all under {@code trainyard}. */
@ConfigMapping(prefix = "trainyard")
public interface PredictorSettings extends WorkerSettings {

    Drain drain();

    Decode decode();

    Models models();

    State state();

    /** Decoding of large images in separate threads. */
    interface Decode {
        /** Default: number of processors minus one, at least two. */
        OptionalInt threads();

        /** Queue capacity; further requests are rejected as overload. */
        @WithDefault("256")
        int waiting();

        /** Time limit per image; regular images need less. */
        @WithDefault("2s")
        Duration limit();
    }

    /** Loading of models. */
    interface Models {
        /** Limit for the estimated memory of all models; preloaded models stay even if they exceed it alone. */
        @WithDefault("256M")
        MemorySize memory();

        /** Names whose production versions are loaded at start and stay; other models are loaded on demand. */
        @WithDefault("DigitModel")
        Set<String> preload();
    }

    /** Local state of predictors. */
    interface State {
        /** Persistent directory, may be shared by all predictors of a machine. */
        @WithDefault(".trainyard/predictor")
        Path dir();
    }

    /** Time limit for processing the current batch at shutdown. */
    interface Drain {
        @WithDefault("10s")
        Duration limit();
    }
}
