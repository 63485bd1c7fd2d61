package dev.trainyard.image;

/** Brings the strokes of a digit to a width that MNIST has. */
final class StrokeNormalizer {
    /** Widths of strokes, in pixels of a digit of 20: 1 % of MNIST's are narrower, 1 % are wider. */
    private static final float THIN = 1.6f;

    private static final float THICK = 4.6f;
    /** What thinner and thicker ones are made. */
    private static final float THIN_GOAL = 2.2f;

    private static final float THICK_GOAL = 3.8f;

    private StrokeNormalizer() {}

    static SegmentedDrawing evened(SegmentedDrawing drawing) {
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

    /** Usual width of a stroke: twice its area by the length of its two edges. */
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
        // steps along both axes are 4 / pi times as long as the edge that they follow, over all directions
        return (float) (2 * area / (edges * Math.PI / 4));
    }
}
