package dev.trainyard.image;

/** A rectangle of whole pixels, right and bottom exclusive. */
record Box(int left, int top, int right, int bottom) {
    int width() {
        return right - left;
    }

    int height() {
        return bottom - top;
    }

    /** The smallest box that holds every pixel of at least {@code visible}; null if there is none. */
    static Box around(Strokes strokes, float visible) {
        int left = strokes.width();
        int right = 0;
        int top = strokes.height();
        int bottom = 0;
        for (int y = 0; y < strokes.height(); y++) {
            for (int x = 0; x < strokes.width(); x++) {
                if (strokes.values()[y * strokes.width() + x] >= visible) {
                    left = Math.min(left, x);
                    right = Math.max(right, x + 1);
                    top = Math.min(top, y);
                    bottom = y + 1;
                }
            }
        }
        return right > left ? new Box(left, top, right, bottom) : null;
    }
}
