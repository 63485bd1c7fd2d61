package dev.trainyard.engine.vector;

import dev.trainyard.network.ImageShape;

/**
 * Places of one sample's values: pixels in row-major order with {@code channels} values each, then spare places up to
 * {@code stride}. A vector of units is one pixel.
 */
record Layout(int height, int width, int channels, int stride) {
    static Layout image(ImageShape shape) {
        return image(shape.height(), shape.width(), shape.channels());
    }

    /** Without spare places. */
    static Layout image(int height, int width, int channels) {
        return new Layout(height, width, channels, height * width * channels);
    }

    /** Padded to whole vectors. */
    static Layout units(int units) {
        return new Layout(1, 1, units, Kernels.padded(units));
    }

    int size() {
        return height * width * channels;
    }

    /** New array for {@code samples} samples, with spare places at its end. */
    float[] array(int samples) {
        return new float[Kernels.padded(samples * stride) + Kernels.LANES];
    }
}
