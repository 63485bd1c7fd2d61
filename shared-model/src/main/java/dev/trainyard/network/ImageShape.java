package dev.trainyard.network;

/** Shape of one image: channels, height and width in pixels. */
public record ImageShape(int channels, int height, int width) {
    public ImageShape {
        if (channels < 1 || height < 1 || width < 1) {
            throw new IllegalArgumentException("an image has at least one channel and one pixel");
        }
    }

    public int size() {
        return channels * height * width;
    }
}
