package dev.trainyard.engine.vector;

/** Puts an image into one with a border of zeros, and back. */
final class Border {
    private Border() {}

    /** The border of {@code bordered} is never written and stays zero. */
    static void add(float[] image, int at, Layout layout, int padding, float[] bordered, int borderedAt) {
        int line = layout.width() * layout.channels();
        int step = (layout.width() + 2 * padding) * layout.channels();
        int to = borderedAt + padding * step + padding * layout.channels();
        for (int y = 0; y < layout.height(); y++) {
            System.arraycopy(image, at + y * line, bordered, to + y * step, line);
        }
    }

    static void remove(float[] bordered, Layout layout, int padding, float[] image, int at) {
        int line = layout.width() * layout.channels();
        int step = (layout.width() + 2 * padding) * layout.channels();
        int from = padding * step + padding * layout.channels();
        for (int y = 0; y < layout.height(); y++) {
            System.arraycopy(bordered, from + y * step, image, at + y * line, line);
        }
    }
}
