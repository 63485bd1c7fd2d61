package dev.trainyard.image;

import java.util.Optional;

/**
 * Difference of each pixel to the estimated background, in levels.
 *
 * @param differences may be negative
 * @param deviation standard deviation of the background, from noise and uneven light
 */
record ContrastMap(GrayImage differences, float deviation) {
    /** Strokes wider than twice this share of the shorter side would be mistaken for background shading. */
    static final float WIDEST = 0.17f;
    /** Largest unevenness of the background relative to the strokes' contrast; noise has 0.2 or more. */
    private static final double BESIDE = 0.17;
    /** Lower limit for shadow correction; darker shadows contain only noise. */
    private static final float DEEPEST = 48;
    /** Histogram bins cover levels -256 to 255; values outside are counted in the last bin. */
    private static final int ZERO = 256;

    /**
     * Contrast to a uniform background level, for images with an even border.
     *
     * @param light image with strokes lighter than the background
     */
    static ContrastMap toBorder(GrayImage light) {
        BorderLevels border = BorderLevels.of(light);
        float[] result = light.values().clone();
        float sheet = border.isFlat() ? border.level() : border.dark();
        for (int i = 0; i < result.length; i++) {
            result[i] -= sheet;
        }
        // in a normal distribution, 60 % lie within 0.84 standard deviations
        float deviation = border.isFlat() ? (border.light() - border.dark()) / (2 * 0.84f) : light.noise();
        return new ContrastMap(new GrayImage(light.width(), light.height(), result), deviation);
    }

    /**
     * Contrast to the local background, estimated by a morphological opening, which keeps shadows and gradients and
     * removes narrow structures.
     *
     * @param inverted true if {@code light} is an inverted image of dark strokes: shadows reduce the contrast in
     *     proportion to the light, which is compensated
     */
    static ContrastMap toSurroundings(GrayImage light, boolean inverted) {
        int radius = Math.max(2, Math.round(WIDEST * Math.min(light.width(), light.height())));
        // an opening would cut off a slope at the edge of a shadow
        GrayImage level = light.levelled();
        float[] sheet = level.opened(radius).values();
        float[] result = level.values();
        for (int i = 0; i < result.length; i++) {
            result[i] -= sheet[i];
        }
        // The opening follows the darkest noise values; strokes only add on the light side.
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

    /** Contrast of strokes at least {@code reach} above the background; empty without such strokes. */
    Optional<Float> strongest(float reach) {
        long[] histogram = histogram(differences.values());
        int visible = ZERO + Math.round(reach);
        if (visible >= histogram.length || HistogramQuantiles.count(histogram, visible) == 0) {
            return Optional.empty();
        }
        // noise makes the strongest pixels stronger than the stroke
        double share = deviation > 0 ? 0.7 : 0.95;
        int full = HistogramQuantiles.quantile(histogram, visible, share) - ZERO;
        full = HistogramQuantiles.quantile(histogram, ZERO + Math.round(SegmentedDrawing.INK * full), share) - ZERO;
        return Optional.of((float) full);
    }

    /**
     * Share of the variance explained by the separation into strokes and background, 0 to 1. It is 0 if much content
     * lies beside the strokes. A drawing has two levels; noise, textures and photos vary everywhere.
     */
    double explained(GrayImage strokes, float full) {
        int count = strokes.values().length;
        double inked = 0;
        double inkSum = 0;
        double sum = 0;
        double squares = 0;
        double beside = 0;
        for (int i = 0; i < count; i++) {
            double above = differences.values()[i];
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
