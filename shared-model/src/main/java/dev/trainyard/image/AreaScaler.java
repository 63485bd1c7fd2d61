package dev.trainyard.image;

/** Area-averaging scaler: each target pixel is the mean of the source area below it, weighted by overlap. */
final class AreaScaler {
    private AreaScaler() {}

    /** Scales {@code crop} of {@code source} to {@code height * width} values, row-major. */
    static float[] scale(GrayImage source, Box crop, int width, int height) {
        // scales one axis after the other, so that each takes one pass over the source
        float[] narrow = new float[width * crop.height()];
        for (int y = 0; y < crop.height(); y++) {
            int row = (crop.top() + y) * source.width() + crop.left();
            line(source.values(), row, 1, crop.width(), narrow, y * width, 1, width);
        }
        float[] result = new float[width * height];
        for (int x = 0; x < width; x++) {
            line(narrow, x, width, crop.height(), result, x, width, height);
        }
        return result;
    }

    private static void line(
            float[] source, int from, int step, int length, float[] target, int to, int targetStep, int targetLength) {
        double ratio = (double) length / targetLength;
        for (int i = 0; i < targetLength; i++) {
            double start = i * ratio;
            double end = Math.min(length, start + ratio);
            double sum = 0;
            for (int j = (int) start; j < end; j++) {
                double covered = Math.min(end, j + 1) - Math.max(start, j);
                sum += covered * source[from + j * step];
            }
            target[to + i * targetStep] = (float) (sum / (end - start));
        }
    }
}
