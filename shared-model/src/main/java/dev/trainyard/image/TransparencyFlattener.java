package dev.trainyard.image;

/** Flattens transparency onto a background that contrasts with the strokes. */
final class TransparencyFlattener {
    /** Opaque pixels with a smaller range have one colour: the drawing is in the opacity. */
    private static final int ONE_COLOR = 16;
    /**
     * Up to this share of transparent pixels the image has holes; above it is a drawing on a transparent background.
     */
    private static final double HOLES = 0.3;

    private TransparencyFlattener() {}

    /**
     * Modifies {@code luminance}; {@code alpha} is 0 for transparent pixels.
     *
     * @param keyed true if one colour is transparent; that colour is then the background
     */
    static void flatten(byte[] luminance, byte[] alpha, boolean keyed) {
        long[] histogram = new long[256];
        long opacity = 0;
        for (int i = 0; i < luminance.length; i++) {
            int a = alpha[i] & 0xff;
            histogram[luminance[i] & 0xff] += a;
            opacity += a;
        }
        if (opacity == 255L * luminance.length) {
            return;
        }
        int darkest = HistogramQuantiles.quantile(histogram, 0, 0.002);
        int lightest = HistogramQuantiles.quantile(histogram, 0, 0.998);
        if (opacity == 0 || lightest - darkest < ONE_COLOR) {
            System.arraycopy(alpha, 0, luminance, 0, alpha.length);
            return;
        }
        if (keyed) {
            return;
        }
        double clear = 1 - opacity / (255.0 * luminance.length);
        int sheet = clear < HOLES ? HistogramQuantiles.median(histogram) : inkIsDark(histogram) ? 255 : 0;
        for (int i = 0; i < luminance.length; i++) {
            int a = alpha[i] & 0xff;
            luminance[i] = (byte) (((luminance[i] & 0xff) * a + sheet * (255 - a) + 127) / 255);
        }
    }

    /** Uses only the extremes; levels in between are mostly soft edges. */
    private static boolean inkIsDark(long[] histogram) {
        double sum = 0;
        for (int level = 0; level < 256; level++) {
            double fromMiddle = level - 127.5;
            sum += histogram[level] * fromMiddle * fromMiddle * fromMiddle;
        }
        return sum < 0;
    }
}
