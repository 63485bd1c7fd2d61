package dev.trainyard.image;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Decodes small 8-bit grey PNGs, the common case, at a few microseconds each, where ImageIO takes hundreds. */
final class GreyDecoder {
    private GreyDecoder() {}

    static boolean decodes(PngFile png) {
        return png.colorType() == 0 && png.bitDepth() == 8 && !png.interlaced() && !png.transparency();
    }

    /** {@code height * width} grey values, row-major. */
    static byte[] decode(PngFile png) throws PngException {
        int stride = png.width() + 1;
        byte[] filtered = inflate(png, stride * png.height());
        byte[] pixels = new byte[png.width() * png.height()];
        for (int y = 0; y < png.height(); y++) {
            unfilter(filtered, y * stride, pixels, y * png.width(), png.width());
        }
        return pixels;
    }

    private static byte[] inflate(PngFile png, int size) throws PngException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(png.imageData());
            byte[] rows = new byte[size];
            int done = 0;
            while (done < size) {
                int count = inflater.inflate(rows, done, size - done);
                if (count == 0) {
                    throw new PngException(
                            "The PNG is damaged: its picture ends after %d of %d bytes.".formatted(done, size));
                }
                done += count;
            }
            return rows;
        } catch (DataFormatException e) {
            throw new PngException("The PNG is damaged: its picture cannot be inflated.", e);
        } finally {
            inflater.end();
        }
    }

    /** Undoes the filter of one row; the row above it in {@code out} is done. Source: PNG specification, section 9. */
    private static void unfilter(byte[] in, int from, byte[] out, int to, int width) throws PngException {
        int filter = in[from];
        for (int x = 0; x < width; x++) {
            int left = x > 0 ? out[to + x - 1] & 0xff : 0;
            int above = to > 0 ? out[to + x - width] & 0xff : 0;
            int aboveLeft = x > 0 && to > 0 ? out[to + x - width - 1] & 0xff : 0;
            int predicted =
                    switch (filter) {
                        case 0 -> 0;
                        case 1 -> left;
                        case 2 -> above;
                        case 3 -> (left + above) / 2;
                        case 4 -> paeth(left, above, aboveLeft);
                        default -> throw new PngException("The PNG is damaged: row filter %d.".formatted(filter));
                    };
            out[to + x] = (byte) (in[from + 1 + x] + predicted);
        }
    }

    private static int paeth(int left, int above, int aboveLeft) {
        int estimate = left + above - aboveLeft;
        int toLeft = Math.abs(estimate - left);
        int toAbove = Math.abs(estimate - above);
        int toAboveLeft = Math.abs(estimate - aboveLeft);
        if (toLeft <= toAbove && toLeft <= toAboveLeft) {
            return left;
        }
        return toAbove <= toAboveLeft ? above : aboveLeft;
    }
}
