package dev.trainyard.image;

/** How colours become greys: shares of red, green and blue, of 65,536; a grey stays exactly what it is. */
record ColorWeights(int red, int green, int blue) {
    /** Luma of ITU-R BT.601, as most tools turn colour to grey. */
    static final ColorWeights LUMA = new ColorWeights(19_595, 38_470, 7_471);

    private static final ColorWeights RED = new ColorWeights(65_536, 0, 0);
    private static final ColorWeights GREEN = new ColorWeights(0, 65_536, 0);
    private static final ColorWeights BLUE = new ColorWeights(0, 0, 65_536);

    /** Each colour alone: whichever two colours there are, they differ in one of them. */
    static ColorWeights[] single() {
        return new ColorWeights[] {RED, GREEN, BLUE};
    }

    byte grey(byte r, byte g, byte b) {
        return (byte) (red * (r & 0xff) + green * (g & 0xff) + blue * (b & 0xff) + 32_768 >> 16);
    }
}
