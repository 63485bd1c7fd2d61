package dev.trainyard.engine;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.MnistNpz;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** Real digits for tests, few enough to train in a second. */
public final class Digits {
    /** Relative to the module's folder, where Maven runs tests. */
    public static final Path NPZ = Path.of("../data/mnist.npz");

    private static final MnistNpz ALL = read();

    private Digits() {}

    public static ImageDataset train(int count) {
        return ALL.train().select(IntStream.range(0, count).toArray());
    }

    public static ImageDataset test(int count) {
        return ALL.test().select(IntStream.range(0, count).toArray());
    }

    private static MnistNpz read() {
        try {
            return MnistNpz.read(NPZ);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
