package dev.trainyard.image;

import java.util.Optional;

/**
 * MNIST's image format: 28×28, a light digit on black, longer side 20 pixels, centre of mass within the pixel right of
 * and below the middle. All 70,000 images have it, except a few with a longer side of 19.
 */
final class MnistFormat {
    /** Longer side of a digit, in pixels. */
    static final int BOX = 20;

    private static final int SIDE = DigitImageDecoder.SIDE;
    private static final float MIDDLE = SIDE / 2f;
    /** Shortest accepted longer side, in pixels: coarse encodings lose the faintest pixels. */
    private static final int SHORTEST = 17;
    /** Tolerance for the centre of mass, which coarse encodings move. */
    private static final float TOLERANCE = 0.5f;
    /** Smaller drawings are not digits and are not enlarged. */
    private static final int SPECK = 5;
    /** Paler strokes are brightened to MNIST's level. */
    private static final int MIN_STRONGEST = 200;

    private static final int MIN_CONTRAST = 16;
    /** Threshold of a digit's pixel, relative to the strongest. */
    private static final float VISIBLE = 0.12f;
    /** Largest gain that compensates for the fading of thin strokes in a reduced image. */
    private static final float MAX_GAIN = 20;

    private MnistFormat() {}

    /**
     * Returns the image with polarity and contrast normalized. Empty if the digit has another position or size, or the
     * background is uneven.
     *
     * @param image 28×28
     */
    static Optional<byte[]> of(LuminanceImage image) {
        BorderLevels border = BorderLevels.of(image);
        if (!border.isFlat()) {
            return Optional.empty();
        }
        int sign = border.inkIsDark(image) ? -1 : 1;
        int[] ink = new int[SIDE * SIDE];
        int strongest = 0;
        for (int i = 0; i < ink.length; i++) {
            ink[i] = Math.max(0, sign * (image.at(i) - border.level()));
            strongest = Math.max(strongest, ink[i]);
        }
        return strongest >= MIN_CONTRAST && isToBeMoved(ink, strongest)
                ? Optional.empty()
                : Optional.of(drawn(ink, strongest));
    }

    private static boolean isToBeMoved(int[] ink, int strongest) {
        int visible = (int) (VISIBLE * strongest);
        int left = SIDE;
        int right = 0;
        int top = SIDE;
        int bottom = 0;
        int mass = 0;
        int massX = 0;
        int massY = 0;
        for (int y = 0; y < SIDE; y++) {
            int row = 0;
            for (int x = 0; x < SIDE; x++) {
                int value = ink[y * SIDE + x];
                row += value;
                massX += value * x;
                if (value > visible) {
                    left = Math.min(left, x);
                    right = Math.max(right, x + 1);
                    top = Math.min(top, y);
                    bottom = y + 1;
                }
            }
            mass += row;
            massY += row * y;
        }
        int longer = Math.max(right - left, bottom - top);
        if (longer <= SPECK) {
            return false;
        }
        return longer < SHORTEST
                || longer > BOX
                || isOff(0.5f + (float) massX / mass)
                || isOff(0.5f + (float) massY / mass);
    }

    private static boolean isOff(float centre) {
        return centre < MIDDLE - TOLERANCE || centre > MIDDLE + 1 + TOLERANCE;
    }

    private static byte[] drawn(int[] ink, int strongest) {
        boolean pale = strongest >= MIN_CONTRAST && strongest < MIN_STRONGEST;
        byte[] result = new byte[ink.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) (pale ? (ink[i] * 255 + strongest / 2) / strongest : ink[i]);
        }
        return result;
    }

    /** Places a digit of at most 20×20 like MNIST: centre of mass in the pixel after the middle. */
    static byte[] centred(float[] digit, int width, int height) {
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
        float gain = Math.min(MAX_GAIN, 1 / strongest) * 255;
        byte[] result = new byte[SIDE * SIDE];
        for (int i = 0; i < digit.length; i++) {
            int target = (top + i / width) * SIDE + left + i % width;
            result[target] = (byte) Math.max(0, Math.min(255, Math.round(digit[i] * gain)));
        }
        return result;
    }

    private static int offset(double centreOfMass, int extent) {
        return (int) Math.max(0, Math.min(SIDE - extent, Math.ceil(MIDDLE - centreOfMass)));
    }
}
