package dev.trainyard.image;

/**
 * Turns any PNG into what the networks were trained on: 28×28 grey, a light digit on black, as MNIST has it.
 *
 * <p>A 28×28 8-bit grey picture of light on dark is taken as it is. Anything else is normalised as MNIST's authors did:
 * luminance, dark strokes inverted, background removed, cropped, fitted into 20×20 with its aspect kept, and centred by
 * mass. Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
 */
public final class DigitImage {
    /** Width and height of the result, pixels. */
    public static final int SIDE = 28;

    private static final int BOX = 20;
    private static final float VISIBLE = 0.2f;
    /** Thin strokes of a large picture fade when it is made small; at most this much is given back. */
    private static final float MOST_GAIN = 20;

    private DigitImage() {}

    /**
     * Decodes and normalises.
     *
     * @param png a whole PNG file, at most {@link PngFile#MAX_BYTES} and {@link PngFile#MAX_SIDE} pixels a side
     * @return {@code 28 * 28} unsigned bytes, row-major, 0 black to 255; all 0 for a blank picture
     * @throws PngException if the bytes are no PNG that can be read
     */
    public static byte[] decode(byte[] png) throws PngException {
        PngFile file = PngFile.parse(png);
        Picture picture = Picture.decode(file);
        if (GreyDecoder.decodes(file) && hasSideOfMnist(picture) && Strokes.borderLevel(picture) < 128) {
            return picture.values();
        }
        return normalise(picture);
    }

    private static boolean hasSideOfMnist(Picture picture) {
        return picture.width() == SIDE && picture.height() == SIDE;
    }

    private static byte[] normalise(Picture picture) {
        Strokes strokes = Strokes.of(picture);
        Box crop = Box.around(strokes, VISIBLE);
        if (crop == null) {
            return new byte[SIDE * SIDE];
        }
        if (hasSideOfMnist(picture) && crop.width() <= BOX && crop.height() <= BOX) {
            return asDrawn(picture, strokes.darkOnLight());
        }
        float scale = (float) BOX / Math.max(crop.width(), crop.height());
        int width = Math.max(1, Math.round(crop.width() * scale));
        int height = Math.max(1, Math.round(crop.height() * scale));
        return centred(AreaScaler.scale(strokes, crop, width, height), width, height);
    }

    /** A picture that is already 28×28 with a digit in a 20×20 box needs no more than the right polarity. */
    private static byte[] asDrawn(Picture picture, boolean darkOnLight) {
        int background = Strokes.borderLevel(picture);
        byte[] result = new byte[SIDE * SIDE];
        for (int i = 0; i < result.length; i++) {
            int difference = darkOnLight ? background - picture.at(i) : picture.at(i) - background;
            result[i] = (byte) Math.max(0, difference);
        }
        return result;
    }

    /** Moves the centre of mass to the middle, by whole pixels and no further than the digit stays whole. */
    private static byte[] centred(float[] digit, int width, int height) {
        double mass = 0;
        double massX = 0;
        double massY = 0;
        float strongest = 0;
        for (int i = 0; i < digit.length; i++) {
            mass += digit[i];
            massX += digit[i] * (i % width + 0.5);
            massY += digit[i] * (i / width + 0.5);
            strongest = Math.max(strongest, digit[i]);
        }
        int left = offset(massX / mass, width);
        int top = offset(massY / mass, height);
        float gain = Math.min(MOST_GAIN, 1 / strongest) * 255;
        byte[] result = new byte[SIDE * SIDE];
        for (int i = 0; i < digit.length; i++) {
            int target = (top + i / width) * SIDE + left + i % width;
            result[target] = (byte) Math.min(255, Math.round(digit[i] * gain));
        }
        return result;
    }

    private static int offset(double centreOfMass, int extent) {
        return (int) Math.max(0, Math.min(SIDE - extent, Math.round(SIDE / 2.0 - centreOfMass)));
    }
}
