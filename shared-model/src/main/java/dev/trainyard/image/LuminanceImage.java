package dev.trainyard.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Luminance of an image, with transparency flattened.
 *
 * @param values {@code height * width} unsigned bytes, row-major
 */
record LuminanceImage(int width, int height, byte[] values) {
    /** If the luminance range of a coloured image is smaller, single channels may show more contrast. */
    private static final int LITTLE = 48;

    int at(int index) {
        return values[index] & 0xff;
    }

    /**
     * Decodes any PNG and applies its eXIf orientation. Gamma and colour profiles are ignored, as in the images that
     * the networks were trained on.
     */
    static LuminanceImage decode(PngFile png, DecodeDeadline limit) throws PngException {
        EmbeddedContentCheck.refuse(png);
        LuminanceImage image = decode(png, limit, ColorWeights.LUMA).get(0);
        if (png.header().isColored() && image.range() < LITTLE) {
            for (LuminanceImage other : decode(png, limit, ColorWeights.single())) {
                image = other.range() > image.range() ? other : image;
            }
        }
        byte[] exif = png.chunks().exif();
        return exif == null ? image : ExifOrientation.read(exif).apply(image);
    }

    /**
     * Returns one image for each of {@code weights} from a single pass over the data, because inflating takes most of
     * the time.
     */
    private static List<LuminanceImage> decode(PngFile png, DecodeDeadline limit, ColorWeights... weights)
            throws PngException {
        PngHeader header = png.header();
        List<PixelReader> readers = Arrays.stream(weights)
                .map(colors -> new PixelReader(png, colors))
                .toList();
        PngRowReader.read(png, limit, (samples, width, y, pass) -> {
            for (PixelReader pixels : readers) {
                pixels.row(samples, width, y, pass);
            }
        });
        List<LuminanceImage> images = new ArrayList<>(readers.size());
        for (PixelReader pixels : readers) {
            if (pixels.alpha() != null) {
                boolean keyed = header.colorType() == PngHeader.GREY || header.colorType() == PngHeader.RGB;
                TransparencyFlattener.flatten(pixels.luminance(), pixels.alpha(), keyed);
            }
            images.add(new LuminanceImage(header.width(), header.height(), pixels.luminance()));
        }
        return images;
    }

    /** Difference between the lightest and the darkest level, ignoring 0.1 % of the pixels on either side. */
    private int range() {
        long[] histogram = new long[256];
        for (byte value : values) {
            histogram[value & 0xff]++;
        }
        return HistogramQuantiles.quantile(histogram, 0, 0.999) - HistogramQuantiles.quantile(histogram, 0, 0.001);
    }
}
