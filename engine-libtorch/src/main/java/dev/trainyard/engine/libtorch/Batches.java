package dev.trainyard.engine.libtorch;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.network.ImageShape;
import org.bytedeco.pytorch.Tensor;

/** Converts images to a network's input: pixels 0 to 1, [samples, channels, height, width]. */
final class Batches {
    private static final float[] SCALED = new float[256];

    static {
        for (int value = 0; value < SCALED.length; value++) {
            SCALED[value] = value / 255f;
        }
    }

    private final ImageShape shape;
    private final TorchDevice device;
    private float[] pixels = new float[0];

    Batches(ImageShape shape, TorchDevice device) {
        this.shape = shape;
        this.device = device;
    }

    /** @throws IllegalArgumentException if the images do not have the network's shape */
    void require(ImageDataset images) {
        ImageShape actual = new ImageShape(images.depth(), images.height(), images.width());
        if (!actual.equals(shape)) {
            throw new IllegalArgumentException("images of %s for a network of %s".formatted(actual, shape));
        }
    }

    /** The images at {@code order[from]} to {@code order[to - 1]}, for the caller's scope. */
    Tensor load(ImageDataset images, int[] order, int from, int to) {
        int size = shape.size();
        if (pixels.length < (to - from) * size) {
            pixels = new float[(to - from) * size];
        }
        byte[] source = images.pixels();
        for (int row = 0; row < to - from; row++) {
            int target = row * size;
            int origin = order[from + row] * size;
            for (int i = 0; i < size; i++) {
                pixels[target + i] = SCALED[source[origin + i] & 0xff];
            }
        }
        return Tensors.of(pixels, device, to - from, shape.channels(), shape.height(), shape.width());
    }
}
