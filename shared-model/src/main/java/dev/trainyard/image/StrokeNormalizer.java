package dev.trainyard.image;

/** Normalizes the stroke width of a digit to MNIST's range. */
final class StrokeNormalizer {
    /** Stroke widths, in pixels of a digit of 20: 1 % of MNIST's are narrower, 1 % are wider. */
    private static final float THIN = 1.6f;

    private static final float THICK = 4.6f;
    /** Target widths for thinner and thicker strokes. */
    private static final float THIN_GOAL = 2.2f;

    private static final float THICK_GOAL = 3.8f;

    private StrokeNormalizer() {}

    static SegmentedDrawing normalize(SegmentedDrawing drawing) {
        float scale = (float) MnistFormat.BOX / drawing.box().longerSide();
        float width = width(drawing) * scale;
        if (width < THIN) {
            int radius = Math.round((THIN_GOAL - width) / 2 / scale);
            return radius == 0 ? drawing : drawing.withInk(drawing.ink().dilated(radius));
        }
        if (width > THICK) {
            int radius = Math.round((width - THICK_GOAL) / 2 / scale);
            return radius == 0 ? drawing : drawing.withInk(drawing.ink().eroded(radius));
        }
        return drawing;
    }

    /** Mean stroke width: twice the area divided by the length of both edges. */
    private static float width(SegmentedDrawing drawing) {
        GrayImage ink = drawing.ink();
        float area = 0;
        float edges = 0;
        for (int y = 1; y < ink.height(); y++) {
            for (int x = 1; x < ink.width(); x++) {
                int at = y * ink.width() + x;
                float value = ink.values()[at];
                area += value;
                edges += Math.abs(value - ink.values()[at - 1]) + Math.abs(value - ink.values()[at - ink.width()]);
            }
        }
        // steps along both axes are on average 4 / pi times as long as the edge they follow
        return (float) (2 * area / (edges * Math.PI / 4));
    }
}
