package dev.trainyard.engine.vector;

import dev.trainyard.engine.CheckpointFormat;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.NetworkSpec;

/** Trains in plain Java on 256-bit vectors, or without them where they are missing. */
public final class VectorEngine implements TrainingEngine {
    /** The version changes when the same run would give other bytes. */
    static final String NAME = "vector 1";

    static final String MAGIC = "TYVECTOR01";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void requireReady() {
        KernelChoice.create(); // says which kernels are used; all of them work
    }

    /** Networks that would take more than half of this JVM's heap are left to engines with memory outside of it. */
    @Override
    public boolean supports(NetworkSpec spec) {
        return NetworkMemory.bytes(spec) <= Runtime.getRuntime().maxMemory() / 2;
    }

    @Override
    public EngineRun start(NetworkSpec spec, TrainArgs args) {
        return start(spec, args, KernelChoice.create());
    }

    static VectorRun start(NetworkSpec spec, TrainArgs args, Kernels kernels) {
        VectorNetwork network = new VectorNetwork(spec, kernels);
        network.initialize(args.seed());
        return new VectorRun(network, spec, args, kernels, identity(spec, args));
    }

    @Override
    public EngineRun resume(NetworkSpec spec, TrainArgs args, byte[] checkpoint) {
        String identity = identity(spec, args);
        CheckpointFormat parsed = CheckpointFormat.parse(checkpoint, MAGIC, identity);
        Kernels kernels = KernelChoice.create();
        VectorRun run = new VectorRun(new VectorNetwork(spec, kernels), spec, args, kernels, identity);
        run.restore(parsed);
        return run;
    }

    private static String identity(NetworkSpec spec, TrainArgs args) {
        return CheckpointFormat.identity(NAME, spec, args);
    }
}
