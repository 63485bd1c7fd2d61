package dev.trainyard.engine.dl4j;

import dev.trainyard.dataset.ImageDataset;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Converts images to engine input: pixels 0 to 1 as {@code [N,C,H,W]}, labels one-hot. Arrays are reused. */
final class Batches {
    private static final float[] SCALED = new float[256];

    static {
        for (int value = 0; value < SCALED.length; value++) {
            SCALED[value] = value / 255f;
        }
    }

    private final ImageDataset images;
    private final int classes;
    private final float[] pixels;
    private final float[] oneHot;
    private @Nullable INDArray features;
    private @Nullable INDArray labels;

    Batches(ImageDataset images, int classes, int batchSize) {
        if (images.depth() != 1) {
            throw new IllegalArgumentException("images with %d channels are not supported".formatted(images.depth()));
        }
        this.images = images;
        this.classes = classes;
        int most = Math.min(batchSize, images.size());
        this.pixels = new float[most * images.imageSize()];
        this.oneHot = new float[most * classes];
    }

    /** Loads the images at {@code order[from]} to {@code order[to - 1]}. */
    void load(int[] order, int from, int to) {
        int count = to - from;
        int size = images.imageSize();
        Arrays.fill(oneHot, 0);
        byte[] source = images.pixels();
        for (int row = 0; row < count; row++) {
            int image = order[from + row];
            int target = row * size;
            int origin = image * size;
            for (int i = 0; i < size; i++) {
                pixels[target + i] = SCALED[source[origin + i] & 0xff];
            }
            oneHot[row * classes + images.labels()[image]] = 1;
        }
        if (features == null || labels == null || features.size(0) != count) {
            features =
                    Nd4j.createUninitialized(new long[] {count, images.depth(), images.height(), images.width()}, 'c');
            labels = Nd4j.createUninitialized(new long[] {count, classes}, 'c');
        }
        features.data().asNioFloat().put(pixels, 0, count * size);
        labels.data().asNioFloat().put(oneHot, 0, count * classes);
    }

    INDArray features() {
        return Objects.requireNonNull(features, "no batch is loaded");
    }

    INDArray labels() {
        return Objects.requireNonNull(labels, "no batch is loaded");
    }
}
