package dev.trainyard.benchmarks.engine;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.MnistNpz;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.TrainingEngine;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.message.WireJson;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.NetworkSpec;
import dev.trainyard.network.Networks;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.stream.IntStream;

/** Main class of one JVM of {@link EnginesBenchmark}. Arguments: the engine's id, the network, the npz. */
public final class EnginesBenchmarkProcess {
    static final String MARK = "samples/s ";
    private static final int IMAGES = 19_200;
    private static final int CLASSES = 10;

    private EnginesBenchmarkProcess() {}

    public static void main(String[] args) throws Exception {
        TrainingEngine engine = ServiceLoader.load(TrainingEngine.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.id().equals(args[0]))
                .findFirst()
                .orElseThrow();
        ImageDataset images = MnistNpz.read(Path.of(args[2]))
                .train()
                .select(IntStream.range(0, IMAGES).toArray());
        NetworkSpec spec = Networks.spec(
                args[1],
                WireJson.mapper().createObjectNode(),
                new ImageShape(images.depth(), images.height(), images.width()),
                CLASSES);
        try (EngineRun run = engine.start(spec, new TrainArgs(32, 3, 0.001, Optimizer.ADAM, 1, 0))) {
            run.trainEpoch(images, (samples, loss) -> {}); // warm-up of the JIT
            long start = System.nanoTime();
            run.trainEpoch(images, (samples, loss) -> {});
            System.out.println(MARK + IMAGES / ((System.nanoTime() - start) / 1e9));
        }
        System.exit(0); // native threads would keep the JVM alive
    }
}
