package dev.trainyard.benchmarks.engine;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.MnistNpz;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * Main class of one JVM of {@link EngineBenchmark}; prints {@code NAME SAMPLES_PER_SECOND} lines. Arguments: {@code
 * bare} or {@code both}, the npz, the rounds, the broker, a folder.
 */
public final class EngineBenchmarkProcess {
    private static final int BATCH = 32;

    private EngineBenchmarkProcess() {}

    public static void main(String[] args) throws Exception {
        boolean both = args[0].equals("both");
        // fewer images for the slow configuration, to take about the same time
        ImageDataset images = MnistNpz.read(Path.of(args[1]))
                .train()
                .select(IntStream.range(0, both ? 9_600 : 1_600).toArray());
        int rounds = Integer.parseInt(args[2]);
        Dl4jBaseline bare = new Dl4jBaseline(images, BATCH);
        bare.pass(); // warm-up of the JIT and oneDNN
        if (!both) {
            for (int round = 0; round < rounds; round++) {
                System.out.println("defaults " + bare.pass());
            }
            return;
        }
        try (TrainerLoop ours = new TrainerLoop(args[3], images, Path.of(args[4]))) {
            ours.run(BATCH, 1);
            for (int round = 0; round < rounds; round++) {
                System.out.println("bare " + bare.pass());
                System.out.println("ours " + ours.run(BATCH, 1));
                System.out.println("bare " + bare.pass());
            }
        }
        System.exit(0); // native threads would keep the JVM alive
    }
}
