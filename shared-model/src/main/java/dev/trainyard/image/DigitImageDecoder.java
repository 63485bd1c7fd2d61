package dev.trainyard.image;

import java.util.Arrays;
import java.util.Optional;

/**
 * Turns any PNG into what the networks were trained on: 28×28 grey, a light digit on black, as MNIST has it.
 *
 * <p>A picture that has MNIST's form is taken as it is, whichever way it is encoded. Any other drawing is normalised as
 * MNIST's authors did: strokes parted from the sheet, cropped, fitted into 20×20 with the aspect kept, and centred by
 * mass. What is no drawing is only made small: whoever judges the result shall see it for what it is. Source: LeCun,
 * Cortes, Burges, "The MNIST database of handwritten digits".
 */
public final class DigitImageDecoder {
    /** Width and height of the result, pixels. */
    public static final int SIDE = 28;

    /** Sides of the picture that strokes are looked for in, pixels at most; larger ones are made smaller first. */
    private static final int LOOK = 256;
    /** Digits of fewer pixels are enlarged smoothly before they are fitted. */
    private static final int SMALL = 40;
    /** Pixels beside a place that say what its value is when it is enlarged. */
    private static final int NEIGHBOURS = 2;

    /** Pictures whose levels differ by less are blank. */
    private static final int BLANK = 16;

    private DigitImageDecoder() {}

    /** {@link #decode(byte[], DecodeDeadline)} for as long as it takes. */
    public static byte[] decode(byte[] png) throws PngException {
        return decode(png, DecodeDeadline.NONE);
    }

    /**
     * Decodes and normalises.
     *
     * @param png a whole PNG file, at most {@link PngFile#MAX_BYTES} and {@link PngFile#MAX_SIDE} pixels a side
     * @return {@code 28 * 28} unsigned bytes, row-major, 0 black to 255; all 0 for a blank picture
     * @throws PngException if the bytes are no PNG that can be read, or not within {@code limit}
     */
    public static byte[] decode(byte[] png, DecodeDeadline limit) throws PngException {
        LuminanceImage picture = LuminanceImage.decode(PngFile.parse(png), limit);
        if (picture.width() == SIDE && picture.height() == SIDE) {
            Optional<byte[]> mnist = MnistFormat.of(picture);
            if (mnist.isPresent()) {
                return mnist.get();
            }
        }
        limit.check();
        return normalise(picture, limit);
    }

    private static byte[] normalise(LuminanceImage picture, DecodeDeadline limit) throws PngException {
        Optional<SegmentedDrawing> drawing = look(picture, Box.of(picture.width(), picture.height()), true, limit);
        return drawing.isPresent() ? fitted(StrokeNormalizer.evened(drawing.get())) : asItIs(picture);
    }

    /** Looks for a drawing in {@code area}, and then closely at where it is. */
    private static Optional<SegmentedDrawing> look(LuminanceImage picture, Box area, boolean onTables, DecodeDeadline limit)
            throws PngException {
        limit.check();
        Optional<SegmentedDrawing> found = SegmentedDrawing.find(GrayImage.of(picture, area, LOOK));
        if (found.isEmpty()) {
            return found;
        }
        int block = GrayImage.blockFor(area, LOOK);
        Box box = found.get().box().scaled(block).moved(area.left(), area.top());
        if (onTables && found.get().isSheet()) {
            Optional<SegmentedDrawing> onTheSheet = look(picture, box.narrower().within(area), false, limit);
            if (onTheSheet.isPresent() && !onTheSheet.get().touchesEdge()) {
                return onTheSheet;
            }
        }
        if (block == 1) {
            return found;
        }
        Box close = box.wider(box.longerSide() / 4 + 2 * block).within(area);
        return SegmentedDrawing.find(GrayImage.of(picture, close, LOOK)).or(() -> found);
    }

    private static byte[] fitted(SegmentedDrawing drawing) {
        GrayImage ink = drawing.ink();
        Box box = drawing.box();
        if (box.longerSide() < SMALL) {
            int factor = SMALL / box.longerSide() + 1;
            // only the digit: a dot on a large sheet would make a picture of 100 million pixels of it
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

    /** The whole picture in 28×28, in the middle of black where it is not square. */
    private static byte[] asItIs(LuminanceImage picture) {
        Box all = Box.of(picture.width(), picture.height());
        float scale = (float) SIDE / all.longerSide();
        int width = Math.max(1, Math.round(all.width() * scale));
        int height = Math.max(1, Math.round(all.height() * scale));
        GrayImage plane = GrayImage.of(picture, all, LOOK);
        float[] small = AreaScaler.scale(plane, Box.of(plane.width(), plane.height()), width, height);
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
