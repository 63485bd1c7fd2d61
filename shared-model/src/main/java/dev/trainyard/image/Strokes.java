package dev.trainyard.image;

/**
 * How strongly each pixel belongs to the strokes of a drawing, whether they are darker or lighter than the sheet.
 *
 * @param values {@code height * width}, 0 for background to 1, row-major
 * @param darkOnLight whether the strokes are darker than the background
 */
record Strokes(int width, int height, float[] values, boolean darkOnLight) {
    /** Differences to the background below this many levels of 255 are no drawing. */
    private static final int LEAST_CONTRAST = 16;

    /** Finds the strokes; all zero where the picture is blank. */
    static Strokes of(Picture picture) {
        int background = borderLevel(picture);
        boolean darkOnLight = darkOnLight(picture, background);
        long[] histogram = new long[256];
        int strongest = 0;
        for (int i = 0; i < picture.values().length; i++) {
            int contrast = contrast(picture.at(i), background, darkOnLight);
            histogram[contrast]++;
            strongest = Math.max(strongest, contrast);
        }
        float[] values = new float[picture.values().length];
        if (strongest >= LEAST_CONTRAST) {
            int threshold = Levels.otsu(histogram);
            // soft edges reach below the threshold, paper and sensor noise do not reach so far up
            float low = 0.4f * threshold;
            float high = Math.max(low + 1, Levels.quantile(histogram, threshold + 1, 0.8));
            for (int i = 0; i < values.length; i++) {
                float above = contrast(picture.at(i), background, darkOnLight) - low;
                values[i] = Math.max(0, Math.min(1, above / (high - low)));
            }
        }
        return new Strokes(picture.width(), picture.height(), values, darkOnLight);
    }

    /** The usual level along the picture's edge, where a digit seldom is. */
    static int borderLevel(Picture picture) {
        int thickness = Math.max(1, Math.min(picture.width(), picture.height()) / 28);
        long[] histogram = new long[256];
        for (int y = 0; y < picture.height(); y++) {
            boolean edgeRow = y < thickness || y >= picture.height() - thickness;
            for (int x = 0; x < picture.width(); x++) {
                if (edgeRow || x < thickness || x >= picture.width() - thickness) {
                    histogram[picture.at(y * picture.width() + x)]++;
                }
            }
        }
        return Levels.median(histogram);
    }

    private static boolean darkOnLight(Picture picture, int background) {
        long darker = 0;
        long lighter = 0;
        for (int i = 0; i < picture.values().length; i++) {
            int difference = picture.at(i) - background;
            // squared, so that faint shadows over half the sheet don't outweigh strong thin strokes
            if (difference < 0) {
                darker += (long) difference * difference;
            } else {
                lighter += (long) difference * difference;
            }
        }
        return darker > lighter;
    }

    private static int contrast(int level, int background, boolean darkOnLight) {
        return Math.max(0, darkOnLight ? background - level : level - background);
    }
}
