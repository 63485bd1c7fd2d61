package dev.trainyard.image;

import java.util.Optional;

/**
 * What is drawn on a picture, parted from the sheet it is drawn on.
 *
 * @param ink how strongly each pixel belongs to the strokes, 0 to 1
 * @param box holds the strokes
 */
record Drawing(Plane ink, Box box) {
    /** From this share of the strokes' contrast on a pixel is one of the strokes. */
    static final float INK = 0.35f;

    /** The same without noise: soft edges belong to the strokes. */
    private static final float FAINT = 0.04f;
    /** Differences to the sheet below this many levels of 255 are no drawing. */
    private static final float LEAST_CONTRAST = 16;
    /** So many standard deviations above the sheet no noise comes. */
    private static final float NOISE_REACH = 5;
    /** Up to this much noise, in levels, a picture is left sharp. */
    private static final float QUIET = 2;

    private static final float LOUD = 8;
    /** Strokes cover less of the box around them, or a box that is small in the picture. */
    private static final float SOLID = 0.65f;

    private static final float SHEET = 0.1f;

    /** Finds strokes, darker or lighter than the sheet, evenly lit or not; empty where there are none. */
    static Optional<Drawing> find(Plane picture) {
        Plane light = Border.of(picture).inkIsDark(picture) ? picture.inverted() : picture;
        float noise = light.noise();
        Contrast contrast = Contrast.of(noise <= QUIET ? light : light.blurred(noise <= LOUD ? 1 : 2));
        float reach = Math.max(LEAST_CONTRAST, NOISE_REACH * contrast.deviation());
        Optional<Float> strongest = contrast.strongest(reach);
        return strongest.isEmpty() ? Optional.empty() : parted(contrast, strongest.get());
    }

    private static Optional<Drawing> parted(Contrast contrast, float full) {
        float low = Math.min(INK * full, 3 * contrast.deviation());
        float[] values = contrast.plane().values();
        float[] ink = new float[values.length];
        for (int i = 0; i < ink.length; i++) {
            ink[i] = Math.max(0, Math.min(1, (values[i] - low) / (full - low)));
        }
        Plane strokes = new Plane(contrast.plane().width(), contrast.plane().height(), ink);
        Optional<Box> box = Strokes.keep(strokes, Math.min(INK, FAINT + 2 * contrast.deviation() / full));
        return contrast.isDrawn(strokes, full) ? box.map(around -> new Drawing(strokes, around)) : Optional.empty();
    }

    /** Whether this is rather a sheet on a table than strokes on a sheet. */
    boolean isSheet() {
        float sum = 0;
        for (float value : ink.values()) {
            sum += value;
        }
        float area = (float) box.width() * box.height();
        return sum > SOLID * area && area > SHEET * ink.width() * ink.height();
    }

    /** The same drawing with other strokes; itself if nothing would be left. */
    Drawing withInk(Plane other) {
        return Box.around(other, FAINT).map(around -> new Drawing(other, around)).orElse(this);
    }
}
