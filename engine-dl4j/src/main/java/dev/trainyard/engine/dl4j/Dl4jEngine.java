package dev.trainyard.engine.dl4j;

import dev.trainyard.engine.CheckpointFormat;
import dev.trainyard.engine.CudaBuild;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.TrainingDevice;
import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.NetworkSpec;
import java.util.Optional;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.factory.Nd4j;

/** Trains with Deeplearning4j, on the CPU or, in a build with {@code -Pcuda}, on a GPU. */
public final class Dl4jEngine implements TrainingEngine {
    /** Same version as in the root pom; it is not available at run time. */
    static final String NAME = "dl4j 1.0.0-M2.1";

    static final String MAGIC = "TYDL4J02";

    /** ND4J's binary has code for compute capability 3.7 to 8.6; that of 8.6 also runs on 8.9. */
    private static final CudaBuild CUDA = new CudaBuild(
            "11.6", "450.80.02", "3.7", "8.9", "train on it with the engine libtorch, or set trainyard.device=cpu");

    private volatile TrainingDevice device = TrainingDevice.CPU;
    private boolean checked;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<CudaBuild> cuda() {
        return BackendFilter.hasCuda() ? Optional.of(CUDA) : Optional.empty();
    }

    @Override
    public void use(TrainingDevice chosen) {
        device = chosen;
        if (BackendFilter.hasCuda()) {
            BackendFilter.select(chosen instanceof TrainingDevice.Cuda);
        }
    }

    @Override
    public synchronized void requireReady() {
        if (!checked) {
            if (device instanceof TrainingDevice.Cuda cuda) {
                CudaBackendCheck.require(cuda);
            } else {
                NativeBackendCheck.requireFast();
            }
            checked = true;
        }
    }

    @Override
    public EngineRun start(NetworkSpec spec, TrainArgs args) {
        selectGpu();
        return new Dl4jRun(network(spec, args), spec, args, identity(spec, args));
    }

    @Override
    public EngineRun resume(NetworkSpec spec, TrainArgs args, byte[] checkpoint) {
        String identity = identity(spec, args);
        CheckpointFormat parsed = CheckpointFormat.parse(checkpoint, MAGIC, identity);
        selectGpu();
        Dl4jRun run = new Dl4jRun(network(spec, args), spec, args, identity);
        run.restore(parsed);
        return run;
    }

    /** ND4J selects the GPU for each thread; a run stays on the thread that started it. */
    private void selectGpu() {
        if (device instanceof TrainingDevice.Cuda cuda) {
            Nd4j.getAffinityManager().unsafeSetDevice(cuda.index());
        }
    }

    private static String identity(NetworkSpec spec, TrainArgs args) {
        return CheckpointFormat.identity(args, NAME, spec);
    }

    static MultiLayerNetwork network(NetworkSpec spec, TrainArgs args) {
        // weight initialization uses the thread's generator
        Nd4j.getRandom().setSeed(Nd4jSeeds.repeatable(args.seed()));
        MultiLayerNetwork network = new MultiLayerNetwork(LayerConfigurations.of(spec, args));
        network.init();
        return network;
    }
}
