package dev.trainyard.image;

/**
 * Weights for converting colours to grey: shares of red, green and blue in units of 1/65,536. Grey stays unchanged.
 */
record ColorWeights(int red, int green, int blue) {
    /** Luma of ITU-R BT.601, the usual conversion of colour to grey. */
    static final ColorWeights LUMA = new ColorWeights(19_595, 38_470, 7_471);

    private static final ColorWeights RED = new ColorWeights(65_536, 0, 0);
    private static final ColorWeights GREEN = new ColorWeights(0, 65_536, 0);
    private static final ColorWeights BLUE = new ColorWeights(0, 0, 65_536);

    /** One channel each: any two colours differ in at least one of them. */
    static ColorWeights[] single() {
        return new ColorWeights[] {RED, GREEN, BLUE};
    }

    byte grey(byte r, byte g, byte b) {
        return (byte) (red * (r & 0xff) + green * (g & 0xff) + blue * (b & 0xff) + 32_768 >> 16);
    }
}
