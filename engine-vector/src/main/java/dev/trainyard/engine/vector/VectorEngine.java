package dev.trainyard.engine.vector;

import dev.trainyard.engine.CheckpointFormat;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.NetworkSpec;
import java.util.function.Supplier;

/** Trains in plain Java on 256-bit vectors, or without them where they are missing. */
public final class VectorEngine implements TrainingEngine {
    /** The version changes when the same run would give other bytes. */
    static final String NAME = "vector 2";

    static final String MAGIC = "TYVECTOR01";

    private final int threads;

    public VectorEngine() {
        this(1);
    }

    private VectorEngine(int threads) {
        this.threads = threads;
    }

    /** Batches of more than 32 images are computed by several threads, with the same bytes for any number. */
    @Override
    public TrainingEngine withThreads(int count) {
        return new VectorEngine(count);
    }

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
        return NetworkMemory.bytes(spec, threads) <= Runtime.getRuntime().maxMemory() / 2;
    }

    @Override
    public EngineRun start(NetworkSpec spec, TrainArgs args) {
        return start(spec, args, KernelChoice::create, threads);
    }

    /** @param kernels makes new ones for each thread */
    static VectorRun start(NetworkSpec spec, TrainArgs args, Supplier<Kernels> kernels, int threads) {
        VectorRun run = VectorRun.create(spec, args, kernels, threads, identity(spec, args));
        run.initialize();
        return run;
    }

    @Override
    public EngineRun resume(NetworkSpec spec, TrainArgs args, byte[] checkpoint) {
        String identity = identity(spec, args);
        CheckpointFormat parsed = CheckpointFormat.parse(checkpoint, MAGIC, identity);
        VectorRun run = VectorRun.create(spec, args, KernelChoice::create, threads, identity);
        run.restore(parsed);
        return run;
    }

    private static String identity(NetworkSpec spec, TrainArgs args) {
        return CheckpointFormat.identity(args, NAME, spec);
    }
}
