package dev.trainyard.engine.libtorch;

import dev.trainyard.engine.CheckpointFormat;
import dev.trainyard.engine.CudaBuild;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.TrainingDevice;
import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.NetworkSpec;
import java.util.Optional;

/** Trains with libtorch on the CPU or a GPU ({@link TorchDevice}). Its libraries are loaded on first use. */
public final class LibtorchEngine implements TrainingEngine {
    static final String MAGIC = "TYLIBTORCH01";

    private static final String NAME = "libtorch " + Libtorch.VERSION;

    private static final CudaBuild CUDA = new CudaBuild("13.1", "580.65.06", "7.5", "12.1", "set trainyard.device=cpu");

    private volatile TrainingDevice chosen = TrainingDevice.CPU;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<CudaBuild> cuda() {
        return Libtorch.hasCuda() ? Optional.of(CUDA) : Optional.empty();
    }

    @Override
    public void use(TrainingDevice device) {
        chosen = device;
    }

    @Override
    public void requireReady() {
        device();
    }

    @Override
    public EngineRun start(NetworkSpec spec, TrainArgs args) {
        TorchDevice device = device();
        return TorchRun.start(spec, args, device, identity(spec, args, device));
    }

    @Override
    public EngineRun resume(NetworkSpec spec, TrainArgs args, byte[] checkpoint) {
        TorchDevice device = device();
        CheckpointFormat parsed = CheckpointFormat.parse(checkpoint, MAGIC, identity(spec, args, device));
        return TorchRun.resume(spec, args, device, parsed);
    }

    private TorchDevice device() {
        Libtorch.load();
        return TorchDevice.of(chosen);
    }

    /** With the kind of device: a GPU computes other bytes, so that no run changes over to one. */
    private static String identity(NetworkSpec spec, TrainArgs args, TorchDevice device) {
        return CheckpointFormat.identity(args, NAME, device.kind(), spec);
    }
}
