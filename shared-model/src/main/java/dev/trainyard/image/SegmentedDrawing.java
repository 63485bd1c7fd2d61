package dev.trainyard.image;

import java.util.Optional;

/**
 * A drawing separated from its background.
 *
 * @param ink foreground strength of each pixel, 0 to 1
 * @param box bounding box of the strokes
 * @param explained share of the image's variance explained by strokes and background, 0 to 1
 */
record SegmentedDrawing(GrayImage ink, Box box, double explained) {
    /** Pixels of at least this share of the strokes' contrast are foreground. */
    static final float INK = 0.35f;

    /** The same threshold for images without noise, where soft edges belong to the strokes. */
    private static final float FAINT = 0.04f;
    /** Smaller differences to the background are not a drawing, in levels of 255. */
    private static final float MIN_CONTRAST = 16;
    /** Noise does not reach this many standard deviations above the background. */
    private static final float NOISE_REACH = 5;
    /** Images with at most this noise, in levels, are not smoothed. */
    private static final float QUIET = 2;
    /** Images with more noise are smoothed over a larger radius. */
    private static final float LOUD = 8;
    /** Strokes cover less than this share of their bounding box. */
    private static final float SOLID = 0.7f;

    private static final float SHEET = 0.3f;
    /** Drawings have at least 0.83; noise of all scales has at most 0.79 and rarely more than 0.7. */
    private static final double EXPLAINED = 0.75;
    /** Images with two clear levels have more, gradients less. */
    private static final double CLEAR = 0.8;

    /** Finds strokes, darker or lighter than the background, in even or uneven light; empty if there are none. */
    static Optional<SegmentedDrawing> find(GrayImage image) {
        BorderLevels border = BorderLevels.of(image);
        boolean dark = border.inkIsDark(image);
        GrayImage light = dark ? image.inverted() : image;
        float noise = light.noise();
        GrayImage calm = noise <= QUIET ? light : light.blurred(noise <= LOUD ? 1 : 2);
        Optional<SegmentedDrawing> evenly = segment(ContrastMap.toBorder(calm));
        if (border.isFlat()) {
            return evenly;
        }
        // either shadows reach the border, or the image is cropped so closely that the strokes do
        Optional<SegmentedDrawing> unevenly = segment(ContrastMap.toSurroundings(calm, dark));
        return evenly.filter(
                        drawing -> unevenly.isPresent() ? drawing.isCrop(unevenly.get()) : drawing.explained >= CLEAR)
                .or(() -> unevenly);
    }

    private boolean isCrop(SegmentedDrawing other) {
        return explained > other.explained
                && box.equals(Box.of(ink.width(), ink.height()))
                && ink.widest(ContrastMap.WIDEST * Math.min(ink.width(), ink.height())) < INK;
    }

    private static Optional<SegmentedDrawing> segment(ContrastMap contrast) {
        float reach = Math.max(MIN_CONTRAST, NOISE_REACH * contrast.deviation());
        Optional<Float> strongest = contrast.strongest(reach);
        if (strongest.isEmpty()) {
            return Optional.empty();
        }
        float full = strongest.get();
        float low = Math.min(INK * full, 3 * contrast.deviation());
        float[] values = contrast.differences().values();
        float[] ink = new float[values.length];
        for (int i = 0; i < ink.length; i++) {
            ink[i] = Math.max(0, Math.min(1, (values[i] - low) / (full - low)));
        }
        GrayImage strokes = new GrayImage(
                contrast.differences().width(), contrast.differences().height(), ink);
        Optional<Box> box = ConnectedComponents.keep(strokes, Math.min(INK, FAINT + 2 * contrast.deviation() / full));
        double explained = contrast.explained(strokes, full);
        return explained >= EXPLAINED
                ? box.map(around -> new SegmentedDrawing(strokes, around, explained))
                : Optional.empty();
    }

    /** Returns true if this looks like a sheet on a table rather than strokes on a sheet. */
    boolean isSheet() {
        float sum = 0;
        for (float value : ink.values()) {
            sum += value;
        }
        int shorter = Math.min(box.width(), box.height());
        return sum > SOLID * box.width() * box.height() && shorter > SHEET * Math.min(ink.width(), ink.height());
    }

    /** Returns true if the drawing touches the edge of the image. */
    boolean touchesEdge() {
        return box.left() == 0 || box.top() == 0 || box.right() == ink.width() || box.bottom() == ink.height();
    }

    /** Returns this drawing with other strokes, or itself if no stroke would remain. */
    SegmentedDrawing withInk(GrayImage other) {
        return Box.around(other, FAINT)
                .map(around -> new SegmentedDrawing(other, around, explained))
                .orElse(this);
    }
}
