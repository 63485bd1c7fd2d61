package dev.trainyard.image;

import java.util.Optional;

/**
 * How much lighter each pixel of a picture is than the sheet would be there, in levels.
 *
 * @param plane may be below 0
 * @param deviation of the sheet's own values, from noise and unevenness
 */
record ContrastMap(GrayImage plane, float deviation) {
    /** Strokes wider than twice this share of the shorter side would be taken for the sheet's own shade. */
    static final float WIDEST = 0.17f;
    /** Most that the sheet differs from being even, as a share of the strokes' contrast; noise has 0.2 and more. */
    private static final double BESIDE = 0.17;
    /** Darker shadows are not lightened more: noise is all they have. */
    private static final float DEEPEST = 48;
    /** Levels from -256 to 255; what slopes reach beyond is counted with the last. */
    private static final int ZERO = 256;

    /**
     * Against one level where the border is even.
     *
     * @param light a picture whose strokes are lighter than its sheet
     */
    static ContrastMap toBorder(GrayImage light) {
        BorderLevels border = BorderLevels.of(light);
        float[] result = light.values().clone();
        float sheet = border.isFlat() ? border.level() : border.dark();
        for (int i = 0; i < result.length; i++) {
            result[i] -= sheet;
        }
        // of a normal distribution 60 % lie within 0.84 deviations
        float deviation = border.isFlat() ? (border.light() - border.dark()) / (2 * 0.84f) : light.noise();
        return new ContrastMap(new GrayImage(light.width(), light.height(), result), deviation);
    }

    /**
     * Shadows and gradients stay in what is left when all that is narrow is taken away.
     *
     * @param inverted whether {@code light} is a picture of dark strokes: a shadow takes as large a share of their
     *     contrast as it takes of the sheet's light, and that is given back
     */
    static ContrastMap toSurroundings(GrayImage light, boolean inverted) {
        int radius = Math.max(2, Math.round(WIDEST * Math.min(light.width(), light.height())));
        // where a slope meets the edge of a shadow, an opening would cut it off
        GrayImage level = light.levelled();
        float[] sheet = level.opened(radius).values();
        float[] result = level.values();
        for (int i = 0; i < result.length; i++) {
            result[i] -= sheet[i];
        }
        // the opening follows the darkest of the noise; strokes only add on the light side
        int usual = HistogramQuantiles.median(histogram(result)) - ZERO;
        for (int i = 0; i < result.length; i++) {
            result[i] -= usual;
            float lit = Math.max(DEEPEST, Math.min(255, 255 - light.values()[i] + result[i]));
            result[i] = Math.min(255, inverted ? result[i] * 255 / lit : result[i]);
        }
        float deviation = ZERO - HistogramQuantiles.quantile(histogram(result), 0, 0.16);
        return new ContrastMap(new GrayImage(light.width(), light.height(), result), deviation);
    }

    private static long[] histogram(float[] values) {
        long[] histogram = new long[2 * ZERO];
        for (float value : values) {
            histogram[Math.max(0, Math.min(2 * ZERO - 1, ZERO + Math.round(value)))]++;
        }
        return histogram;
    }

    /** The contrast of strokes that lie at least {@code reach} above the sheet; empty if there are none. */
    Optional<Float> strongest(float reach) {
        long[] histogram = histogram(plane.values());
        int visible = ZERO + Math.round(reach);
        if (visible >= histogram.length || HistogramQuantiles.count(histogram, visible) == 0) {
            return Optional.empty();
        }
        // noise makes the strongest pixels stronger than the stroke is
        double share = deviation > 0 ? 0.7 : 0.95;
        int full = HistogramQuantiles.quantile(histogram, visible, share) - ZERO;
        full = HistogramQuantiles.quantile(histogram, ZERO + Math.round(SegmentedDrawing.INK * full), share) - ZERO;
        return Optional.of((float) full);
    }

    /**
     * The share of all variance that strokes against sheet explain, 0 to 1; 0 too where much lies beside the strokes.
     * Both have levels of their own in a drawing; noise, textures and scenes differ everywhere.
     */
    double explained(GrayImage strokes, float full) {
        int count = strokes.values().length;
        double inked = 0;
        double inkSum = 0;
        double sum = 0;
        double squares = 0;
        double beside = 0;
        for (int i = 0; i < count; i++) {
            double above = plane.values()[i];
            sum += above;
            squares += above * above;
            if (strokes.values()[i] >= SegmentedDrawing.INK) {
                inked++;
                inkSum += above;
            } else if (strokes.values()[i] == 0) {
                beside += above * above;
            }
        }
        if (inked == 0 || inked == count || Math.sqrt(beside / count) > BESIDE * full) {
            return 0;
        }
        double mean = sum / count;
        double between = inkSum / inked - (sum - inkSum) / (count - inked);
        return inked * (count - inked) / count * between * between / (squares - count * mean * mean);
    }
}
