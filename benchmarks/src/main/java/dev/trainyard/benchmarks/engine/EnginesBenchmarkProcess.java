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

/**
 * Main class of one JVM of {@link EnginesBenchmark}. Arguments: the engine's id, the network, the npz, batch size and
 * threads. It says when it has warmed up, waits for a byte and trains for some seconds.
 */
public final class EnginesBenchmarkProcess {
    static final String READY = "ready";
    static final String MARK = "samples/s ";
    private static final int IMAGES = 19_200;
    private static final int CLASSES = 10;
    private static final int MANY_EPOCHS = 1_000;
    private static final double SECONDS = 5;

    private EnginesBenchmarkProcess() {}

    public static void main(String[] args) throws Exception {
        TrainingEngine engine = ServiceLoader.load(TrainingEngine.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.id().equals(args[0]))
                .findFirst()
                .orElseThrow()
                .withThreads(Integer.parseInt(args[4]));
        ImageDataset images = MnistNpz.read(Path.of(args[2]))
                .train()
                .select(IntStream.range(0, IMAGES).toArray());
        NetworkSpec spec = Networks.spec(
                args[1],
                WireJson.mapper().createObjectNode(),
                new ImageShape(images.depth(), images.height(), images.width()),
                CLASSES);
        TrainArgs training = new TrainArgs(Integer.parseInt(args[3]), MANY_EPOCHS, 0.001, Optimizer.ADAM, 1, 0);
        try (EngineRun run = engine.start(spec, training)) {
            run.trainEpoch(images, (samples, loss) -> {}); // warm-up of the JIT
            System.out.println(READY);
            System.in.read();
            System.out.println(MARK + rate(run, images));
        }
        System.exit(0); // native threads would keep the JVM alive
    }

    private static double rate(EngineRun run, ImageDataset images) {
        long start = System.nanoTime();
        for (long samples = IMAGES; ; samples += IMAGES) {
            run.trainEpoch(images, (done, loss) -> {});
            double seconds = (System.nanoTime() - start) / 1e9;
            if (seconds > SECONDS) {
                return samples / seconds;
            }
        }
    }
}
