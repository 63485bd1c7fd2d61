package dev.trainyard.image;

import java.nio.ByteBuffer;

/**
 * IHDR chunk of a PNG, within the accepted limits.
 *
 * @param width in pixels, 1 to {@link PngFile#MAX_SIDE}
 * @param height in pixels, 1 to {@link PngFile#MAX_SIDE}
 * @param bitDepth bits per sample
 * @param colorType 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA
 */
record PngHeader(int width, int height, int bitDepth, int colorType, boolean interlaced) {
    static final int IHDR = 0x49484452;
    static final int GREY = 0;
    static final int RGB = 2;
    static final int PALETTE = 3;
    static final int GREY_ALPHA = 4;
    static final int RGBA = 6;

    private static final int LENGTH = 13;
    /** Byte offset of the chunk. */
    static final int POSITION = 8;

    /** One pass of an interlaced image: every {@code stepX}th pixel of every {@code stepY}th row. */
    record Pass(int fromX, int fromY, int stepX, int stepY) {
        private static final Pass[] WHOLE = {new Pass(0, 0, 1, 1)};
        /** Source: PNG specification, section 8.2. */
        private static final Pass[] ADAM7 = {
            new Pass(0, 0, 8, 8),
            new Pass(4, 0, 8, 8),
            new Pass(0, 4, 4, 8),
            new Pass(2, 0, 4, 4),
            new Pass(0, 2, 2, 4),
            new Pass(1, 0, 2, 2),
            new Pass(0, 1, 1, 2)
        };

        int width(PngHeader header) {
            return (header.width - fromX + stepX - 1) / stepX;
        }

        int height(PngHeader header) {
            return (header.height - fromY + stepY - 1) / stepY;
        }
    }

    /**
     * Reads the chunk after the signature without checking its CRC.
     *
     * @throws PngException with a sentence for the client
     */
    static PngHeader read(byte[] png) throws PngException {
        ByteBuffer in = ByteBuffer.wrap(png);
        if (png.length < POSITION + 12 + LENGTH || in.getInt(POSITION) != LENGTH || in.getInt(POSITION + 4) != IHDR) {
            throw new PngException("The PNG is cut off or damaged: it has no whole IHDR chunk.");
        }
        int width = in.getInt(16);
        int height = in.getInt(20);
        if (width < 1 || height < 1 || width > PngFile.MAX_SIDE || height > PngFile.MAX_SIDE) {
            throw new PngException("The PNG is %s×%s pixels; from 1×1 to %d×%d are read."
                    .formatted(
                            Integer.toUnsignedString(width),
                            Integer.toUnsignedString(height),
                            PngFile.MAX_SIDE,
                            PngFile.MAX_SIDE));
        }
        int bitDepth = in.get(24);
        int colorType = in.get(25);
        if (!legal(colorType, bitDepth) || in.get(26) != 0 || in.get(27) != 0 || (in.get(28) & ~1) != 0) {
            throw new PngException(
                    "The PNG's header is damaged: colour type %d with %d bits, compression %d, filter %d, interlace %d."
                            .formatted(
                                    colorType & 0xff, bitDepth & 0xff, png[26] & 0xff, png[27] & 0xff, png[28] & 0xff));
        }
        return new PngHeader(width, height, bitDepth, colorType, in.get(28) == 1);
    }

    private static boolean legal(int colorType, int bitDepth) {
        return switch (colorType) {
            case GREY -> bitDepth == 1 || bitDepth == 2 || bitDepth == 4 || bitDepth == 8 || bitDepth == 16;
            case PALETTE -> bitDepth == 1 || bitDepth == 2 || bitDepth == 4 || bitDepth == 8;
            case RGB, GREY_ALPHA, RGBA -> bitDepth == 8 || bitDepth == 16;
            default -> false;
        };
    }

    int channels() {
        return switch (colorType) {
            case RGB -> 3;
            case GREY_ALPHA -> 2;
            case RGBA -> 4;
            default -> 1;
        };
    }

    boolean isColored() {
        return colorType == RGB || colorType == PALETTE || colorType == RGBA;
    }

    boolean hasAlphaChannel() {
        return colorType == GREY_ALPHA || colorType == RGBA;
    }

    Pass[] passes() {
        return interlaced ? Pass.ADAM7 : Pass.WHOLE;
    }

    /** Bytes of a row of {@code pixels}, without its filter byte. */
    int rowBytes(int pixels) {
        return (pixels * channels() * bitDepth + 7) / 8;
    }

    /** Inflated size of the image data in bytes, at most 135 MB. */
    int inflatedSize() {
        int size = 0;
        for (Pass pass : passes()) {
            int pixels = pass.width(this);
            if (pixels > 0) {
                size += pass.height(this) * (1 + rowBytes(pixels));
            }
        }
        return size;
    }
}
