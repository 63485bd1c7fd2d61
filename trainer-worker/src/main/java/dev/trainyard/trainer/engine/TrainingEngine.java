package dev.trainyard.trainer.engine;

import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.NetworkSpec;

/** What trains networks. It knows layers, never network names, and nothing of jobs or messages. */
public interface TrainingEngine {

    /** Name and version, such as {@code dl4j 1.0.0-M2.1}. */
    String name();

    /**
     * Checks that the engine's native parts are those it needs to be fast and right.
     *
     * @throws EngineUnavailableException if a training must not be started here; the message says what to change
     */
    void requireReady();

    /** A new run from freshly drawn parameters, all randomness derived from {@code args.seed()}. */
    EngineRun start(NetworkSpec spec, TrainArgs args);

    /**
     * A run that goes on after the epochs which {@code checkpoint} holds, as if it had never stopped.
     *
     * @throws IllegalArgumentException if the checkpoint is not one of this engine, network and optimizer
     */
    EngineRun resume(NetworkSpec spec, TrainArgs args, byte[] checkpoint);
}
