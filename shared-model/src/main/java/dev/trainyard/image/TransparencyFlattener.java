package dev.trainyard.image;

/** Puts a picture with transparency on a sheet that its strokes stand out from. */
final class TransparencyFlattener {
    /** Opaque pixels that differ by less are one colour: what is drawn is drawn in the opacity. */
    private static final int ONE_COLOR = 16;
    /** Up to this share of transparency it is a picture with holes, above it a drawing on a clear sheet. */
    private static final double HOLES = 0.3;

    private TransparencyFlattener() {}

    /**
     * Changes {@code luminance}; {@code alpha} is 0 where it is clear.
     *
     * @param keyed whether one colour is the clear one: it is the sheet that the strokes were drawn on
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

    /** The extremes decide: what lies between is mostly the soft edge of a stroke. */
    private static boolean inkIsDark(long[] histogram) {
        double sum = 0;
        for (int level = 0; level < 256; level++) {
            double fromMiddle = level - 127.5;
            sum += histogram[level] * fromMiddle * fromMiddle * fromMiddle;
        }
        return sum < 0;
    }
}
