package dev.trainyard.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Gradient of the weights of a {@link VectorConvolution}, on vectors of filters. */
final class VectorConvolutionGradient {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final int LANES = Kernels.LANES;
    /** Taps of a tile. */
    private static final int TAPS = 8;

    private VectorConvolutionGradient() {}

    static void add(Kernels.Windows shape, float[] image, int imageAt, Kernels.Operand d, Kernels.Operand sums) {
        int[] taps = shape.taps();
        int ld = d.rowStride();
        int width = shape.outWidth();
        float[] c = sums.values();
        for (int y = 0; y < shape.outHeight(); y++) {
            int row = imageAt + y * shape.width();
            for (int j = 0; j < ld; j += LANES) {
                int from = d.at() + y * width * ld + j;
                int first = 0;
                for (; first + TAPS <= taps.length; first += TAPS) {
                    tile(taps, first, image, row, d.values(), from, ld, width, c, sums.at() + first * ld + j);
                }
                for (; first < taps.length; first++) {
                    single(image, row + taps[first], d.values(), from, ld, width, c, sums.at() + first * ld + j);
                }
            }
        }
    }

    /** Adds one row of pixels. A second loop around this one would keep the sums in memory. */
    private static void tile(
            int[] taps, int first, float[] image, int row, float[] d, int from, int ld, int width, float[] c, int to) {
        FloatVector s0 = FloatVector.fromArray(S, c, to);
        FloatVector s1 = FloatVector.fromArray(S, c, to + ld);
        FloatVector s2 = FloatVector.fromArray(S, c, to + 2 * ld);
        FloatVector s3 = FloatVector.fromArray(S, c, to + 3 * ld);
        FloatVector s4 = FloatVector.fromArray(S, c, to + 4 * ld);
        FloatVector s5 = FloatVector.fromArray(S, c, to + 5 * ld);
        FloatVector s6 = FloatVector.fromArray(S, c, to + 6 * ld);
        FloatVector s7 = FloatVector.fromArray(S, c, to + 7 * ld);
        int a0 = row + taps[first];
        int a1 = row + taps[first + 1];
        int a2 = row + taps[first + 2];
        int a3 = row + taps[first + 3];
        int a4 = row + taps[first + 4];
        int a5 = row + taps[first + 5];
        int a6 = row + taps[first + 6];
        int a7 = row + taps[first + 7];
        for (int x = 0, r = from; x < width; x++, r += ld) {
            FloatVector v = FloatVector.fromArray(S, d, r);
            s0 = FloatVector.broadcast(S, image[a0 + x]).fma(v, s0);
            s1 = FloatVector.broadcast(S, image[a1 + x]).fma(v, s1);
            s2 = FloatVector.broadcast(S, image[a2 + x]).fma(v, s2);
            s3 = FloatVector.broadcast(S, image[a3 + x]).fma(v, s3);
            s4 = FloatVector.broadcast(S, image[a4 + x]).fma(v, s4);
            s5 = FloatVector.broadcast(S, image[a5 + x]).fma(v, s5);
            s6 = FloatVector.broadcast(S, image[a6 + x]).fma(v, s6);
            s7 = FloatVector.broadcast(S, image[a7 + x]).fma(v, s7);
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

    private static void single(float[] image, int at, float[] d, int from, int ld, int width, float[] c, int to) {
        FloatVector s = FloatVector.fromArray(S, c, to);
        for (int x = 0, r = from; x < width; x++, r += ld) {
            s = FloatVector.broadcast(S, image[at + x]).fma(FloatVector.fromArray(S, d, r), s);
        }
        s.intoArray(c, to);
    }
}
