package dev.trainyard.trainer.imports;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.network.ImageShape;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Trial images that need no dataset: drawn strokes, noise, and single values. */
final class TrialImages {
    private static final long SEED = 20_261_129;
    private static final double PEN = 1.6;
    private static final int STROKES = 4;

    private final ImageShape shape;

    TrialImages(ImageShape shape) {
        this.shape = shape;
    }

    float[] filled(int count, float value) {
        float[] pixels = new float[count * shape.size()];
        Arrays.fill(pixels, value);
        return pixels;
    }

    float[] noise(int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] pixels = new float[count * shape.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble();
        }
        return pixels;
    }

    /** Alternating drawings, white images, noise and blank images. */
    float[] mixed(int count) {
        float[] pixels = new float[count * shape.size()];
        float[][] kinds = {drawn(count), filled(count, 1), noise(count), filled(count, 0)};
        for (int image = 0; image < count; image++) {
            int at = image * shape.size();
            System.arraycopy(kinds[image % kinds.length], at, pixels, at, shape.size());
        }
        return pixels;
    }

    float[] drawn(int count) {
        byte[] bytes = drawings(count).pixels();
        float[] pixels = new float[bytes.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (bytes[i] & 0xff) / 255f;
        }
        return pixels;
    }

    /** The images as a dataset; their labels have no meaning. */
    ImageDataset drawings(int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] pixels = new byte[count * shape.size()];
        for (int image = 0; image < count; image++) {
            for (int stroke = 0; stroke < STROKES; stroke++) {
                stroke(pixels, image, random);
            }
        }
        return new ImageDataset(pixels, new byte[count], shape.height(), shape.width(), shape.channels());
    }

    private void stroke(byte[] pixels, int image, SplittableRandom random) {
        double x = random.nextDouble(shape.width());
        double y = random.nextDouble(shape.height());
        double toX = random.nextDouble(shape.width());
        double toY = random.nextDouble(shape.height());
        int points = shape.width();
        for (int point = 0; point <= points; point++) {
            dot(pixels, image, x + (toX - x) * point / points, y + (toY - y) * point / points);
        }
    }

    private void dot(byte[] pixels, int image, double x, double y) {
        for (int row = 0; row < shape.height(); row++) {
            for (int column = 0; column < shape.width(); column++) {
                double distance = Math.hypot(column - x, row - y);
                int ink = (int) Math.round(255 * Math.max(0, Math.min(1, PEN - distance)));
                for (int channel = 0; channel < shape.channels(); channel++) {
                    int at = ((image * shape.channels() + channel) * shape.height() + row) * shape.width() + column;
                    pixels[at] = (byte) Math.max(pixels[at] & 0xff, ink);
                }
            }
        }
    }
}
