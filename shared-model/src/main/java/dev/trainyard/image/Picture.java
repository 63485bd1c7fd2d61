package dev.trainyard.image;

/**
 * Luminance of a picture, transparency flattened.
 *
 * @param values {@code height * width} unsigned bytes, row-major
 */
record Picture(int width, int height, byte[] values) {
    /** Where the luminance of a coloured picture differs by less, its colours may differ by more. */
    private static final int LITTLE = 48;

    int at(int index) {
        return values[index] & 0xff;
    }

    /**
     * Decodes every kind of PNG. Gamma, profiles and other remarks on how to show it are passed over: samples count as
     * they are stored, as they do in the pictures that the networks learned from.
     */
    static Picture decode(PngFile png, DecodeLimit limit) throws PngException {
        ForeignContent.refuse(png);
        Picture picture = decode(png, ColorWeights.LUMA, limit);
        if (png.header().isColored() && picture.range() < LITTLE) {
            for (ColorWeights weights : ColorWeights.single()) {
                Picture other = decode(png, weights, limit);
                picture = other.range() > picture.range() ? other : picture;
            }
        }
        return picture;
    }

    private static Picture decode(PngFile png, ColorWeights weights, DecodeLimit limit) throws PngException {
        PngHeader header = png.header();
        PixelReader pixels = new PixelReader(png, weights);
        PngRows.read(png, limit, pixels);
        if (pixels.alpha() != null) {
            boolean keyed = header.colorType() == PngHeader.GREY || header.colorType() == PngHeader.RGB;
            Transparency.flatten(pixels.luminance(), pixels.alpha(), keyed);
        }
        return new Picture(header.width(), header.height(), pixels.luminance());
    }

    /** Difference of the lightest and the darkest level, a thousandth of the pixels left out on either side. */
    private int range() {
        long[] histogram = new long[256];
        for (byte value : values) {
            histogram[value & 0xff]++;
        }
        return Levels.quantile(histogram, 0, 0.999) - Levels.quantile(histogram, 0, 0.001);
    }
}
