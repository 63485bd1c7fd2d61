package dev.trainyard.image;

import java.util.Arrays;
import java.util.Optional;

/**
 * Converts any PNG to the input format of the networks: 28×28 grey, a light digit on black, as in MNIST.
 *
 * <p>An image in MNIST's format is used unchanged, whatever its encoding. Any other drawing is normalized like MNIST:
 * strokes are separated from the background, cropped, fitted into 20×20 with the aspect ratio kept, and centred by
 * mass. An image that is not a drawing is only scaled down, so that the outlier detection can reject it. Source:
 * LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
 */
public final class DigitImageDecoder {
    /** Width and height of the result, pixels. */
    public static final int SIDE = 28;

    /** Largest side of the image in which strokes are searched, in pixels; larger images are reduced first. */
    private static final int SEARCH_SIZE = 256;
    /** Digits smaller than this are enlarged smoothly before fitting, in pixels. */
    private static final int SMALL = 40;
    /** Neighbouring pixels used for interpolation. */
    private static final int NEIGHBOURS = 2;

    /** Images with a smaller range of levels are blank. */
    private static final int BLANK = 16;

    private DigitImageDecoder() {}

    /** {@link #decode(byte[], DecodeDeadline)} without a deadline. */
    public static byte[] decode(byte[] png) throws PngException {
        return decode(png, DecodeDeadline.NONE);
    }

    /**
     * Decodes and normalizes a PNG.
     *
     * @param png a complete PNG file, at most {@link PngFile#MAX_BYTES} and {@link PngFile#MAX_SIDE} pixels per side
     * @return {@code 28 * 28} unsigned bytes, row-major, 0 black to 255; all 0 for a blank image
     * @throws PngException if the bytes are not a readable PNG, or the deadline passes
     */
    public static byte[] decode(byte[] png, DecodeDeadline limit) throws PngException {
        LuminanceImage image = LuminanceImage.decode(PngFile.parse(png), limit);
        if (image.width() == SIDE && image.height() == SIDE) {
            Optional<byte[]> mnist = MnistFormat.of(image);
            if (mnist.isPresent()) {
                return mnist.get();
            }
        }
        limit.check();
        return normalise(image, limit);
    }

    private static byte[] normalise(LuminanceImage image, DecodeDeadline limit) throws PngException {
        Optional<SegmentedDrawing> drawing = locate(image, Box.of(image.width(), image.height()), true, limit);
        return drawing.isPresent() ? fitted(StrokeNormalizer.normalize(drawing.get())) : asItIs(image);
    }

    /** Searches {@code area} for a drawing, then refines the result at its location. */
    private static Optional<SegmentedDrawing> locate(
            LuminanceImage image, Box area, boolean findSheet, DecodeDeadline limit) throws PngException {
        limit.check();
        Optional<SegmentedDrawing> found = SegmentedDrawing.find(GrayImage.of(image, area, SEARCH_SIZE));
        if (found.isEmpty()) {
            return found;
        }
        int block = GrayImage.blockFor(area, SEARCH_SIZE);
        Box box = found.get().box().scaled(block).moved(area.left(), area.top());
        if (findSheet && found.get().isSheet()) {
            Optional<SegmentedDrawing> onTheSheet = locate(image, box.narrower().within(area), false, limit);
            if (onTheSheet.isPresent() && !onTheSheet.get().touchesEdge()) {
                return onTheSheet;
            }
        }
        if (block == 1) {
            return found;
        }
        Box close = box.wider(box.longerSide() / 4 + 2 * block).within(area);
        return SegmentedDrawing.find(GrayImage.of(image, close, SEARCH_SIZE)).or(() -> found);
    }

    private static byte[] fitted(SegmentedDrawing drawing) {
        GrayImage ink = drawing.ink();
        Box box = drawing.box();
        if (box.longerSide() < SMALL) {
            int factor = SMALL / box.longerSide() + 1;
            // enlarges only the digit: with its background, a dot on a large sheet would become 100 million pixels
            Box near = box.wider(NEIGHBOURS).within(Box.of(ink.width(), ink.height()));
            ink = ink.cropped(near);
            box = box.moved(-near.left(), -near.top());
            ink = ink.enlarged(factor);
            box = box.scaled(factor);
        }
        float scale = (float) MnistFormat.BOX / box.longerSide();
        int width = Math.max(1, Math.round(box.width() * scale));
        int height = Math.max(1, Math.round(box.height() * scale));
        return MnistFormat.centred(AreaScaler.scale(ink, box, width, height), width, height);
    }

    /** Scales the whole image to 28×28, centred on black if it is not square. */
    private static byte[] asItIs(LuminanceImage image) {
        Box all = Box.of(image.width(), image.height());
        float scale = (float) SIDE / all.longerSide();
        int width = Math.max(1, Math.round(all.width() * scale));
        int height = Math.max(1, Math.round(all.height() * scale));
        GrayImage reduced = GrayImage.of(image, all, SEARCH_SIZE);
        float[] small = AreaScaler.scale(reduced, Box.of(reduced.width(), reduced.height()), width, height);
        byte[] result = new byte[SIDE * SIDE];
        if (range(small) < BLANK) {
            return result;
        }
        int left = (SIDE - width) / 2;
        int top = (SIDE - height) / 2;
        for (int i = 0; i < small.length; i++) {
            result[(top + i / width) * SIDE + left + i % width] = (byte) Math.round(small[i]);
        }
        return result;
    }

    private static float range(float[] values) {
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length - 1] - sorted[0];
    }
}
