package dev.trainyard.engine;

import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.NetworkSpec;
import java.util.Optional;

/** Trains networks. An engine depends on layers, never on network names, jobs or messages. */
public interface TrainingEngine {

    /** Name and version, such as {@code dl4j 1.0.0-M2.1}. */
    String name();

    /** The name without version, by which configurations and settings select the engine. */
    default String id() {
        return name().split(" ", 2)[0];
    }

    /**
     * Checks that the engine's native libraries are the fast and correct ones.
     *
     * @throws EngineUnavailableException if training is impossible here; the message says what to change
     */
    void requireReady();

    /** The CUDA libraries of the engine; empty if it trains on processors only. */
    default Optional<CudaBuild> cuda() {
        return Optional.empty();
    }

    /** Selects the device; called at most once, before any run. An engine without CUDA is never given a GPU. */
    default void use(TrainingDevice device) {}

    /** Returns true if the engine has all layers of the network. */
    default boolean supports(NetworkSpec spec) {
        return true;
    }

    /**
     * Returns this engine with {@code count} threads for each run, at least 1. The number changes no byte of a result;
     * an engine that cannot promise this stays as it is.
     */
    default TrainingEngine withThreads(int count) {
        return this;
    }

    /** Returns true if an engine of this id, of any version, wrote the checkpoint ({@link EngineCheckpoints}). */
    default boolean wrote(byte[] checkpoint) {
        return EngineCheckpoints.isOf(checkpoint, id());
    }

    /** Starts a run from new parameters, with all randomness derived from {@code args.seed()}. */
    EngineRun start(NetworkSpec spec, TrainArgs args);

    /**
     * Resumes a run from {@code checkpoint} as if it had never stopped.
     *
     * @throws IllegalArgumentException if the checkpoint belongs to another engine, network or optimizer
     */
    EngineRun resume(NetworkSpec spec, TrainArgs args, byte[] checkpoint);
}
