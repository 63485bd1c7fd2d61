package dev.trainyard.image;

/**
 * Luminance of a picture, transparency flattened.
 *
 * @param values {@code height * width} unsigned bytes, row-major
 */
record Picture(int width, int height, byte[] values) {

    int at(int index) {
        return values[index] & 0xff;
    }

    /**
     * Decodes every kind of PNG. Gamma, profiles and other remarks on how to show it are passed over: samples count as
     * they are stored, as they do in the pictures that the networks learned from.
     */
    static Picture decode(PngFile png, DecodeLimit limit) throws PngException {
        ForeignContent.refuse(png);
        PngHeader header = png.header();
        PixelReader pixels = new PixelReader(png);
        PngRows.read(png, limit, pixels);
        if (pixels.alpha() != null) {
            boolean keyed = header.colorType() == PngHeader.GREY || header.colorType() == PngHeader.RGB;
            Transparency.flatten(pixels.luminance(), pixels.alpha(), keyed);
        }
        return new Picture(header.width(), header.height(), pixels.luminance());
    }
}
