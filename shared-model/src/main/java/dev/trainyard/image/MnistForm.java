package dev.trainyard.image;

import java.util.Optional;

/**
 * The form of MNIST's pictures: 28×28, a light digit on black, its longer side 20 pixels, its centre of mass within the
 * pixel right of and below the middle. All 70,000 are of this form, but for a few with a longer side of 19.
 */
final class MnistForm {
    /** Longer side of a digit, pixels. */
    static final int BOX = 20;

    private static final int SIDE = DigitImage.SIDE;
    private static final float MIDDLE = SIDE / 2f;
    /** Coarse encodings take the faintest pixels away. */
    private static final int SHORTEST = 17;
    /** How far the centre of mass may be out of its pixel, as coarse encodings move it. */
    private static final float TOLERANCE = 0.5f;
    /** Smaller drawings are no digits, and are not made to look like any. */
    private static final int SPECK = 5;
    /** Paler strokes are made as light as MNIST's are. */
    private static final int LEAST_STRONGEST = 200;

    private static final int LEAST_CONTRAST = 16;
    /** A pixel of the digit, as a share of the strongest. */
    private static final float VISIBLE = 0.12f;
    /** Thin strokes fade when a picture is made small; at most this much is given back. */
    private static final float MOST_GAIN = 20;

    private MnistForm() {}

    /**
     * The picture as it is, but for polarity and contrast; empty if it is a digit elsewhere or of another size, or on a
     * sheet that is not even.
     *
     * @param picture 28×28
     */
    static Optional<byte[]> of(Picture picture) {
        Plane plane = Plane.of(picture, Box.of(SIDE, SIDE), SIDE);
        Border border = Border.of(plane);
        if (!border.isFlat()) {
            return Optional.empty();
        }
        boolean dark = border.inkIsDark(plane);
        int[] ink = new int[SIDE * SIDE];
        int strongest = 0;
        for (int i = 0; i < ink.length; i++) {
            int difference = picture.at(i) - border.level();
            ink[i] = Math.max(0, dark ? -difference : difference);
            strongest = Math.max(strongest, ink[i]);
        }
        return isToBeMoved(ink, strongest) ? Optional.empty() : Optional.of(drawn(ink, strongest));
    }

    private static boolean isToBeMoved(int[] ink, int strongest) {
        int left = SIDE;
        int right = 0;
        int top = SIDE;
        int bottom = 0;
        float mass = 0;
        float massX = 0;
        float massY = 0;
        for (int i = 0; i < ink.length; i++) {
            int x = i % SIDE;
            int y = i / SIDE;
            if (ink[i] > VISIBLE * strongest) {
                left = Math.min(left, x);
                right = Math.max(right, x + 1);
                top = Math.min(top, y);
                bottom = y + 1;
            }
            mass += ink[i];
            massX += ink[i] * (x + 0.5f);
            massY += ink[i] * (y + 0.5f);
        }
        int longer = Math.max(right - left, bottom - top);
        if (strongest < LEAST_CONTRAST || longer > BOX || longer <= SPECK) {
            return false;
        }
        return longer < SHORTEST || isOff(massX / mass) || isOff(massY / mass);
    }

    private static boolean isOff(float centre) {
        return centre < MIDDLE - TOLERANCE || centre > MIDDLE + 1 + TOLERANCE;
    }

    private static byte[] drawn(int[] ink, int strongest) {
        float gain = strongest >= LEAST_STRONGEST || strongest < LEAST_CONTRAST ? 1 : 255f / strongest;
        byte[] result = new byte[ink.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) Math.round(ink[i] * gain);
        }
        return result;
    }

    /** Puts a digit of at most 20×20 where MNIST has it: the centre of mass in the pixel after the middle. */
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
        float gain = Math.min(MOST_GAIN, 1 / strongest) * 255;
        byte[] result = new byte[SIDE * SIDE];
        for (int i = 0; i < digit.length; i++) {
            int target = (top + i / width) * SIDE + left + i % width;
            result[target] = (byte) Math.min(255, Math.round(digit[i] * gain));
        }
        return result;
    }

    private static int offset(double centreOfMass, int extent) {
        return (int) Math.max(0, Math.min(SIDE - extent, Math.ceil(MIDDLE - centreOfMass)));
    }
}
