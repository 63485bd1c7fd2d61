package dev.trainyard.image;

import java.util.Arrays;

/**
 * Grey image with floating-point levels, 0 to 255.
 *
 * @param values {@code height * width}, row-major
 */
record GrayImage(int width, int height, float[] values) {
    /** Slopes are measured over this fraction of a side. */
    private static final int RISES = 12;

    /** Reduces {@code box} of {@code image} by averaging blocks so that no side is longer than {@code most}. */
    static GrayImage of(LuminanceImage image, Box box, int most) {
        int block = blockFor(box, most);
        int width = (box.width() + block - 1) / block;
        int height = (box.height() + block - 1) / block;
        float[] values = new float[width * height];
        int[] sums = new int[width];
        for (int y = 0; y < height; y++) {
            Arrays.fill(sums, 0);
            int top = box.top() + y * block;
            int bottom = Math.min(box.bottom(), top + block);
            for (int row = top; row < bottom; row++) {
                int at = row * image.width() + box.left();
                for (int x = 0, left = box.width(); x < width; x++) {
                    int sum = 0;
                    for (int end = at + Math.min(block, left); at < end; at++) {
                        sum += image.at(at);
                    }
                    sums[x] += sum;
                    left -= block;
                }
            }
            for (int x = 0; x < width; x++) {
                int columns = Math.min(block, box.width() - x * block);
                values[y * width + x] = (float) sums[x] / (columns * (bottom - top));
            }
        }
        return new GrayImage(width, height, values);
    }

    /** Block size used by {@link #of}, in pixels. */
    static int blockFor(Box box, int most) {
        return (Math.max(box.width(), box.height()) + most - 1) / most;
    }

    GrayImage inverted() {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = 255 - values[i];
        }
        return new GrayImage(width, height, result);
    }

    /** Returns this image enlarged by an integer factor with cubic splines (Catmull, Rom, 1974). */
    GrayImage enlarged(int factor) {
        GrayImage wide = new GrayImage(width * factor, height, new float[width * factor * height]);
        for (int y = 0; y < height; y++) {
            enlarge(values, y * width, 1, width, factor, wide.values, y * wide.width);
        }
        GrayImage result = new GrayImage(wide.width, height * factor, new float[wide.width * height * factor]);
        for (int x = 0; x < wide.width; x++) {
            enlarge(wide.values, x, wide.width, height, factor, result.values, x);
        }
        return result;
    }

    private static void enlarge(float[] source, int from, int step, int length, int factor, float[] target, int to) {
        for (int i = 0; i < length * factor; i++) {
            float at = (i + 0.5f) / factor - 0.5f;
            int left = (int) Math.floor(at);
            float t = at - left;
            float before = source[from + step * Math.max(0, left - 1)];
            float start = source[from + step * Math.max(0, left)];
            float end = source[from + step * Math.min(length - 1, left + 1)];
            float after = source[from + step * Math.min(length - 1, left + 2)];
            float value = start
                    + 0.5f
                            * t
                            * (end
                                    - before
                                    + t
                                            * (2 * before
                                                    - 5 * start
                                                    + 4 * end
                                                    - after
                                                    + t * (3 * (start - end) + after - before)));
            target[to + step * i] = value;
        }
    }

    /** Box blur with a window of {@code 2 * radius + 1}. */
    GrayImage blurred(int radius) {
        return lines((line, result) -> {
            for (int i = 0; i < line.length; i++) {
                int from = Math.max(0, i - radius);
                int to = Math.min(line.length, i + radius + 1);
                float sum = 0;
                for (int j = from; j < to; j++) {
                    sum += line[j];
                }
                result[i] = sum / (to - from);
            }
        });
    }

    /** Dilation: maximum in a square window of {@code 2 * radius + 1}. */
    GrayImage dilated(int radius) {
        return lines((line, result) -> largest(line, radius, result));
    }

    /** Erosion: minimum in a square window of {@code 2 * radius + 1}. */
    GrayImage eroded(int radius) {
        return inverted().dilated(radius).inverted();
    }

    /** The highest level that all values of some square of side {@code 2 * radius} reach; 0 if no square fits. */
    float widest(float radius) {
        int whole = Math.round(radius);
        float[] least = eroded(whole).values();
        float most = 0;
        for (int y = whole; y < height - whole; y++) {
            for (int x = whole; x < width - whole; x++) {
                most = Math.max(most, least[y * width + x]);
            }
        }
        return most;
    }

    /**
     * Morphological opening: removes structures that are lighter than their surroundings and narrower than {@code 2 *
     * radius + 1}. Slopes are extrapolated beyond the edge.
     */
    GrayImage opened(int radius) {
        return continued(radius)
                .eroded(radius)
                .dilated(radius)
                .cropped(new Box(radius, radius, radius + width, radius + height));
    }

    private GrayImage continued(int margin) {
        GrayImage result = new GrayImage(
                width + 2 * margin, height + 2 * margin, new float[(width + 2 * margin) * (height + 2 * margin)]);
        for (int y = 0; y < result.height; y++) {
            for (int x = 0; x < result.width; x++) {
                int edgeX = Math.max(0, Math.min(width - 1, x - margin));
                int edgeY = Math.max(0, Math.min(height - 1, y - margin));
                int mirrorX = Math.max(0, Math.min(width - 1, 2 * edgeX - (x - margin)));
                int mirrorY = Math.max(0, Math.min(height - 1, 2 * edgeY - (y - margin)));
                result.values[y * result.width + x] =
                        2 * values[edgeY * width + edgeX] - values[mirrorY * width + mirrorX];
            }
        }
        return result;
    }

    /** Returns the part in {@code box}, which must lie within this image. */
    GrayImage cropped(Box box) {
        float[] result = new float[box.width() * box.height()];
        for (int y = 0; y < box.height(); y++) {
            System.arraycopy(values, (box.top() + y) * width + box.left(), result, y * box.width(), box.width());
        }
        return new GrayImage(box.width(), box.height(), result);
    }

    private interface Line {
        void apply(float[] line, float[] result);
    }

    /** Applies {@code step} to all rows, then to all columns of the result. */
    private GrayImage lines(Line step) {
        float[] result = new float[values.length];
        float[] line = new float[width];
        float[] changed = new float[width];
        for (int y = 0; y < height; y++) {
            System.arraycopy(values, y * width, line, 0, width);
            step.apply(line, changed);
            System.arraycopy(changed, 0, result, y * width, width);
        }
        line = new float[height];
        changed = new float[height];
        for (int x = 0; x < width; x++) {
            for (int y = 0; y < height; y++) {
                line[y] = result[y * width + x];
            }
            step.apply(line, changed);
            for (int y = 0; y < height; y++) {
                result[y * width + x] = changed[y];
            }
        }
        return new GrayImage(width, height, result);
    }

    /** Sliding maximum with three operations per value for any window size. Source: van Herk, 1992. */
    private static void largest(float[] line, int radius, float[] result) {
        int window = 2 * radius + 1;
        int padded = line.length + 2 * radius;
        float[] forward = new float[padded];
        float[] backward = new float[padded];
        for (int i = 0; i < padded; i++) {
            float value = i < radius || i >= radius + line.length ? Float.NEGATIVE_INFINITY : line[i - radius];
            forward[i] = i % window == 0 ? value : Math.max(forward[i - 1], value);
        }
        for (int i = padded - 1; i >= 0; i--) {
            float value = i < radius || i >= radius + line.length ? Float.NEGATIVE_INFINITY : line[i - radius];
            backward[i] = i == padded - 1 || i % window == window - 1 ? value : Math.max(backward[i + 1], value);
        }
        for (int i = 0; i < line.length; i++) {
            result[i] = Math.max(backward[i], forward[i + window - 1]);
        }
    }

    /** Removes the median slope in both directions; edges and strokes do not influence it. */
    GrayImage levelled() {
        float right = rise(Math.max(1, width / RISES), 0);
        float down = rise(0, Math.max(1, height / RISES));
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = values[i] - right * (i % width) - down * (i / width);
        }
        return new GrayImage(width, height, result);
    }

    /** Median difference per pixel between values at that distance. */
    private float rise(int distanceX, int distanceY) {
        long[] histogram = new long[8 * 512];
        for (int y = 0; y < height - distanceY; y++) {
            for (int x = 0; x < width - distanceX; x++) {
                float difference = values[(y + distanceY) * width + x + distanceX] - values[y * width + x];
                histogram[8 * 256 + Math.round(7.9f * difference)]++;
            }
        }
        return (HistogramQuantiles.median(histogram) - 8 * 256) / 7.9f / (distanceX + distanceY);
    }

    /** Standard deviation of pixel noise on surfaces; 0 for a drawing without noise. */
    float noise() {
        long[] histogram = new long[256];
        for (int y = 0; y < height; y++) {
            for (int x = 1; x < width; x++) {
                float difference = values[y * width + x] - values[y * width + x - 1];
                histogram[Math.min(255, (int) Math.abs(4 * difference))]++;
            }
        }
        // the lower quartile of |a - b| for two normal values is 0.451 times their deviation; edges lie above it
        return HistogramQuantiles.quantile(histogram, 0, 0.25) / (4 * 0.451f);
    }
}
