package dev.trainyard.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Convolution of an image of one channel, read in place, on vectors of filters. Neighbouring pixels have the distance 1,
 * which is known when this is compiled; with more channels the windows are copied to rows instead.
 */
final class VectorConvolution {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final int LANES = Kernels.LANES;
    /** Pixels of a tile. */
    private static final int PIXELS = 8;

    private VectorConvolution() {}

    /** The last tile of a row overlaps the one before and computes the same values again. */
    static void forward(Kernels.Windows shape, float[] image, int imageAt, Kernels.Operand w, Kernels.Operand c) {
        int ld = w.rowStride();
        int lastTile = shape.outWidth() - PIXELS;
        for (int y = 0; y < shape.outHeight(); y++) {
            for (int x = 0; x < shape.outWidth(); x += PIXELS) {
                int column = Math.min(x, lastTile);
                int from = imageAt + y * shape.width() + column;
                int to = c.at() + (y * shape.outWidth() + column) * ld;
                for (int j = 0; j < ld; j += LANES) {
                    tile(shape.taps(), image, from, w.values(), w.at() + j, ld, c.values(), to + j);
                }
            }
        }
    }

    private static void tile(int[] taps, float[] image, int from, float[] w, int wAt, int ld, float[] c, int to) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        FloatVector s4 = s0;
        FloatVector s5 = s0;
        FloatVector s6 = s0;
        FloatVector s7 = s0;
        for (int p = 0, r = wAt; p < taps.length; p++, r += ld) {
            int q = from + taps[p];
            FloatVector y = FloatVector.fromArray(S, w, r);
            s0 = FloatVector.broadcast(S, image[q]).fma(y, s0);
            s1 = FloatVector.broadcast(S, image[q + 1]).fma(y, s1);
            s2 = FloatVector.broadcast(S, image[q + 2]).fma(y, s2);
            s3 = FloatVector.broadcast(S, image[q + 3]).fma(y, s3);
            s4 = FloatVector.broadcast(S, image[q + 4]).fma(y, s4);
            s5 = FloatVector.broadcast(S, image[q + 5]).fma(y, s5);
            s6 = FloatVector.broadcast(S, image[q + 6]).fma(y, s6);
            s7 = FloatVector.broadcast(S, image[q + 7]).fma(y, s7);
        }
        s0.intoArray(c, to);
        s1.intoArray(c, to + ld);
        s2.intoArray(c, to + 2 * ld);
        s3.intoArray(c, to + 3 * ld);
        s4.intoArray(c, to + 4 * ld);
        s5.intoArray(c, to + 5 * ld);
        s6.intoArray(c, to + 6 * ld);
        s7.intoArray(c, to + 7 * ld);
    }
}
