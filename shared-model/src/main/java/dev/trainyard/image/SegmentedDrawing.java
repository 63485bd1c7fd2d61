package dev.trainyard.image;

import java.util.Optional;

/**
 * What is drawn on a picture, parted from the sheet it is drawn on.
 *
 * @param ink how strongly each pixel belongs to the strokes, 0 to 1
 * @param box holds the strokes
 * @param explained how much of the picture's variance strokes and sheet account for, 0 to 1
 */
record SegmentedDrawing(GrayImage ink, Box box, double explained) {
    /** From this share of the strokes' contrast on a pixel is one of the strokes. */
    static final float INK = 0.35f;

    /** The same without noise: soft edges belong to the strokes. */
    private static final float FAINT = 0.04f;
    /** Differences to the sheet below this many levels of 255 are no drawing. */
    private static final float MIN_CONTRAST = 16;
    /** So many standard deviations above the sheet no noise comes. */
    private static final float NOISE_REACH = 5;
    /** Up to this much noise, in levels, a picture is left sharp. */
    private static final float QUIET = 2;

    private static final float LOUD = 8;
    /** Strokes cover less of the box around them, or one that is narrow in the picture. */
    private static final float SOLID = 0.7f;

    private static final float SHEET = 0.3f;
    /** Drawings have 0.83 and more, as noise of all scales has at most 0.79 and rarely over 0.7. */
    private static final double EXPLAINED = 0.75;
    /** Two levels and little between have more, a gradient less. */
    private static final double CLEAR = 0.8;

    /** Finds strokes, darker or lighter than the sheet, evenly lit or not; empty where there are none. */
    static Optional<SegmentedDrawing> find(GrayImage picture) {
        BorderLevels border = BorderLevels.of(picture);
        boolean dark = border.inkIsDark(picture);
        GrayImage light = dark ? picture.inverted() : picture;
        float noise = light.noise();
        GrayImage calm = noise <= QUIET ? light : light.blurred(noise <= LOUD ? 1 : 2);
        Optional<SegmentedDrawing> evenly = part(ContrastMap.toBorder(calm));
        if (border.isFlat()) {
            return evenly;
        }
        // either shadows reach the border or, in a close crop, the strokes themselves
        Optional<SegmentedDrawing> unevenly = part(ContrastMap.toSurroundings(calm, dark));
        return evenly.filter(
                        drawing -> unevenly.isPresent() ? drawing.isCrop(unevenly.get()) : drawing.explained >= CLEAR)
                .or(() -> unevenly);
    }

    private boolean isCrop(SegmentedDrawing other) {
        return explained > other.explained
                && box.equals(Box.of(ink.width(), ink.height()))
                && ink.widest(ContrastMap.WIDEST * Math.min(ink.width(), ink.height())) < INK;
    }

    private static Optional<SegmentedDrawing> part(ContrastMap contrast) {
        float reach = Math.max(MIN_CONTRAST, NOISE_REACH * contrast.deviation());
        Optional<Float> strongest = contrast.strongest(reach);
        if (strongest.isEmpty()) {
            return Optional.empty();
        }
        float full = strongest.get();
        float low = Math.min(INK * full, 3 * contrast.deviation());
        float[] values = contrast.plane().values();
        float[] ink = new float[values.length];
        for (int i = 0; i < ink.length; i++) {
            ink[i] = Math.max(0, Math.min(1, (values[i] - low) / (full - low)));
        }
        GrayImage strokes = new GrayImage(contrast.plane().width(), contrast.plane().height(), ink);
        Optional<Box> box = ConnectedComponents.keep(strokes, Math.min(INK, FAINT + 2 * contrast.deviation() / full));
        double explained = contrast.explained(strokes, full);
        return explained >= EXPLAINED ? box.map(around -> new SegmentedDrawing(strokes, around, explained)) : Optional.empty();
    }

    /** Whether this is rather a sheet on a table than strokes on a sheet. */
    boolean isSheet() {
        float sum = 0;
        for (float value : ink.values()) {
            sum += value;
        }
        int shorter = Math.min(box.width(), box.height());
        return sum > SOLID * box.width() * box.height() && shorter > SHEET * Math.min(ink.width(), ink.height());
    }

    /** Whether it reaches the edge of the picture. */
    boolean touchesEdge() {
        return box.left() == 0 || box.top() == 0 || box.right() == ink.width() || box.bottom() == ink.height();
    }

    /** The same drawing with other strokes; itself if nothing would be left. */
    SegmentedDrawing withInk(GrayImage other) {
        return Box.around(other, FAINT)
                .map(around -> new SegmentedDrawing(other, around, explained))
                .orElse(this);
    }
}
