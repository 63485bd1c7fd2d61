package dev.trainyard.dataset;

/**
 * Labelled grey images in memory.
 *
 * @param pixels {@code size() * height * width * depth} bytes, image by image, row-major, 0 to 255 unsigned
 * @param labels one class per image
 */
public record ImageDataset(byte[] pixels, byte[] labels, int height, int width, int depth) {
    public ImageDataset {
        if (pixels.length != (long) labels.length * height * width * depth) {
            throw new IllegalArgumentException("%d bytes are not %d images of %d×%d×%d"
                    .formatted(pixels.length, labels.length, height, width, depth));
        }
    }

    /** Number of images. */
    public int size() {
        return labels.length;
    }

    /** Bytes of one image. */
    public int imageSize() {
        return height * width * depth;
    }

    /** Returns the images at {@code indices}, in that order. */
    public ImageDataset select(int[] indices) {
        byte[] selectedPixels = new byte[indices.length * imageSize()];
        byte[] selectedLabels = new byte[indices.length];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(pixels, indices[i] * imageSize(), selectedPixels, i * imageSize(), imageSize());
            selectedLabels[i] = labels[indices[i]];
        }
        return new ImageDataset(selectedPixels, selectedLabels, height, width, depth);
    }
}
