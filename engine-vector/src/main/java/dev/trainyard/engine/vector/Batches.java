package dev.trainyard.engine.vector;

import dev.trainyard.dataset.ImageDataset;

/** Converts images to a network's input: pixels 0 to 1, [samples, height, width, channels]. Arrays are reused. */
final class Batches {
    private final Kernels kernels;
    private final Layout layout;
    private final float[] pixels;
    private final int[] labels = new int[Layer.MOST_SAMPLES];

    Batches(Kernels kernels, Layout layout) {
        this.kernels = kernels;
        this.layout = layout;
        this.pixels = layout.array(Layer.MOST_SAMPLES);
    }

    /** @throws IllegalArgumentException if the images do not have the network's shape */
    void require(ImageDataset images) {
        if (images.height() != layout.height()
                || images.width() != layout.width()
                || images.depth() != layout.channels()) {
            throw new IllegalArgumentException("images of %d×%d with %d channels for a network of %d×%d with %d"
                    .formatted(
                            images.height(),
                            images.width(),
                            images.depth(),
                            layout.height(),
                            layout.width(),
                            layout.channels()));
        }
    }

    /** Loads the images at {@code order[from]} to {@code order[to - 1]}. */
    void load(ImageDataset images, int[] order, int from, int to) {
        int size = images.imageSize();
        for (int row = 0; row < to - from; row++) {
            int image = order[from + row];
            kernels.pixels(images.pixels(), image * size, pixels, row * size, size);
            labels[row] = images.labels()[image];
        }
    }

    /** Loads the images {@code from} to {@code to - 1}. */
    void load(ImageDataset images, int from, int to) {
        int size = images.imageSize();
        kernels.pixels(images.pixels(), from * size, pixels, 0, (to - from) * size);
        for (int row = 0; row < to - from; row++) {
            labels[row] = images.labels()[from + row];
        }
    }

    float[] pixels() {
        return pixels;
    }

    int[] labels() {
        return labels;
    }
}
