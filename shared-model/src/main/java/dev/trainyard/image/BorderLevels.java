package dev.trainyard.image;

import java.util.function.IntUnaryOperator;

/**
 * Grey levels along the border of an image, which mostly shows background.
 *
 * @param dark 20th percentile
 * @param level median
 * @param light 80th percentile
 */
record BorderLevels(int dark, int level, int light) {
    private static final int FLAT = 12;

    static BorderLevels of(GrayImage image) {
        return of(image.width(), image.height(), i -> Math.round(image.values()[i]));
    }

    static BorderLevels of(LuminanceImage image) {
        return of(image.width(), image.height(), image::at);
    }

    private static BorderLevels of(int width, int height, IntUnaryOperator levels) {
        int thickness = Math.max(1, Math.min(width, height) / 28);
        long[] histogram = new long[256];
        for (int y = 0; y < height; y++) {
            boolean edgeRow = y < thickness || y >= height - thickness;
            for (int x = 0; x < width; x++) {
                if (!edgeRow && x == thickness) {
                    x = Math.max(x, width - thickness);
                }
                histogram[levels.applyAsInt(y * width + x)]++;
            }
        }
        return new BorderLevels(
                HistogramQuantiles.quantile(histogram, 0, 0.2),
                HistogramQuantiles.median(histogram),
                HistogramQuantiles.quantile(histogram, 0, 0.8));
    }

    /** Returns true if the background is evenly lit. */
    boolean isFlat() {
        return light - dark <= FLAT;
    }

    /** Returns true if the foreground is mainly darker than the background. */
    boolean inkIsDark(GrayImage image) {
        double darker = 0;
        double lighter = 0;
        for (float value : image.values()) {
            // squared, so that faint shadows over half of the image do not outweigh strong thin strokes
            if (value < dark) {
                darker += (dark - value) * (dark - value);
            } else if (value > light) {
                lighter += (value - light) * (value - light);
            }
        }
        if (darker == 0 && lighter == 0) {
            // lines of the foreground follow a part of the border, so all levels lie between the border's
            long below = 0;
            for (float value : image.values()) {
                below += value < (dark + light) / 2f ? 1 : 0;
            }
            return 2 * below < image.values().length;
        }
        return darker > lighter;
    }

    /** Same as above, for a small image. */
    boolean inkIsDark(LuminanceImage image) {
        int difference = 0;
        for (byte stored : image.values()) {
            int value = stored & 0xff;
            int below = Math.max(0, dark - value);
            int above = Math.max(0, value - light);
            difference += below * below - above * above;
        }
        return difference > 0;
    }
}
