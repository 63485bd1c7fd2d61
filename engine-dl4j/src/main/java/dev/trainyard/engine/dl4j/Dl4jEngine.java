package dev.trainyard.engine.dl4j;

import dev.trainyard.engine.CheckpointFormat;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.NetworkSpec;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.factory.Nd4j;

/** Trains with Deeplearning4j on the CPU. */
public final class Dl4jEngine implements TrainingEngine {
    /** Same version as in the root pom; it is not available at run time. */
    static final String NAME = "dl4j 1.0.0-M2.1";

    static final String MAGIC = "TYDL4J02";

    private boolean checked;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public synchronized void requireReady() {
        if (!checked) {
            NativeBackendCheck.requireFast();
            checked = true;
        }
    }

    @Override
    public EngineRun start(NetworkSpec spec, TrainArgs args) {
        return new Dl4jRun(network(spec, args), spec, args, identity(spec, args));
    }

    @Override
    public EngineRun resume(NetworkSpec spec, TrainArgs args, byte[] checkpoint) {
        String identity = identity(spec, args);
        CheckpointFormat parsed = CheckpointFormat.parse(checkpoint, MAGIC, identity);
        Dl4jRun run = new Dl4jRun(network(spec, args), spec, args, identity);
        run.restore(parsed);
        return run;
    }

    private static String identity(NetworkSpec spec, TrainArgs args) {
        return CheckpointFormat.identity(NAME, spec, args);
    }

    static MultiLayerNetwork network(NetworkSpec spec, TrainArgs args) {
        // weight initialization uses the thread's generator
        Nd4j.getRandom().setSeed(Nd4jSeeds.repeatable(args.seed()));
        MultiLayerNetwork network = new MultiLayerNetwork(LayerConfigurations.of(spec, args));
        network.init();
        return network;
    }
}
