package dev.trainyard.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Luminance of a picture, transparency flattened.
 *
 * @param values {@code height * width} unsigned bytes, row-major
 */
record LuminanceImage(int width, int height, byte[] values) {
    /** Where the luminance of a coloured picture differs by less, its colours may differ by more. */
    private static final int LITTLE = 48;

    int at(int index) {
        return values[index] & 0xff;
    }

    /**
     * Decodes every kind of PNG and turns it upright by its eXIf orientation. Gamma, profiles and other remarks on how to
     * show it are ignored: samples count as they are stored, as they do in the pictures that the networks learned from.
     */
    static LuminanceImage decode(PngFile png, DecodeDeadline limit) throws PngException {
        EmbeddedContentCheck.refuse(png);
        LuminanceImage picture = decode(png, limit, ColorWeights.LUMA).get(0);
        if (png.header().isColored() && picture.range() < LITTLE) {
            for (LuminanceImage other : decode(png, limit, ColorWeights.single())) {
                picture = other.range() > picture.range() ? other : picture;
            }
        }
        byte[] exif = png.chunks().exif();
        return exif == null ? picture : ExifOrientation.read(exif).apply(picture);
    }

    /** One picture for each of {@code weights}, all from one reading of the data: inflating takes most of the time. */
    private static List<LuminanceImage> decode(PngFile png, DecodeDeadline limit, ColorWeights... weights) throws PngException {
        PngHeader header = png.header();
        List<PixelReader> readers = Arrays.stream(weights)
                .map(colors -> new PixelReader(png, colors))
                .toList();
        PngRowReader.read(png, limit, (samples, width, y, pass) -> {
            for (PixelReader pixels : readers) {
                pixels.row(samples, width, y, pass);
            }
        });
        List<LuminanceImage> pictures = new ArrayList<>(readers.size());
        for (PixelReader pixels : readers) {
            if (pixels.alpha() != null) {
                boolean keyed = header.colorType() == PngHeader.GREY || header.colorType() == PngHeader.RGB;
                TransparencyFlattener.flatten(pixels.luminance(), pixels.alpha(), keyed);
            }
            pictures.add(new LuminanceImage(header.width(), header.height(), pixels.luminance()));
        }
        return pictures;
    }

    /** Difference of the lightest and the darkest level, a thousandth of the pixels left out on either side. */
    private int range() {
        long[] histogram = new long[256];
        for (byte value : values) {
            histogram[value & 0xff]++;
        }
        return HistogramQuantiles.quantile(histogram, 0, 0.999) - HistogramQuantiles.quantile(histogram, 0, 0.001);
    }
}
