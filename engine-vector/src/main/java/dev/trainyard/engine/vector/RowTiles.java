package dev.trainyard.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Tiles of {@code C = A · B} where A's rows are contiguous: the index of A is the loop's own, which needs no check. */
final class RowTiles {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final int LANES = Kernels.LANES;

    private RowTiles() {}

    static void tile4x16(
            float[] a, int a0, int rows, float[] b, int bAt, float[] c, int c0, int ldc, int k, boolean add) {
        int c1 = c0 + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        FloatVector zero = FloatVector.zero(S);
        FloatVector s00 = add ? FloatVector.fromArray(S, c, c0) : zero;
        FloatVector s01 = add ? FloatVector.fromArray(S, c, c0 + LANES) : zero;
        FloatVector s10 = add ? FloatVector.fromArray(S, c, c1) : zero;
        FloatVector s11 = add ? FloatVector.fromArray(S, c, c1 + LANES) : zero;
        FloatVector s20 = add ? FloatVector.fromArray(S, c, c2) : zero;
        FloatVector s21 = add ? FloatVector.fromArray(S, c, c2 + LANES) : zero;
        FloatVector s30 = add ? FloatVector.fromArray(S, c, c3) : zero;
        FloatVector s31 = add ? FloatVector.fromArray(S, c, c3 + LANES) : zero;
        int a1 = a0 + rows;
        int a2 = a1 + rows;
        int a3 = a2 + rows;
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bAt + p * 2 * LANES);
            FloatVector b1 = FloatVector.fromArray(S, b, bAt + p * 2 * LANES + LANES);
            FloatVector x = FloatVector.broadcast(S, a[a0 + p]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            x = FloatVector.broadcast(S, a[a1 + p]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            x = FloatVector.broadcast(S, a[a2 + p]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            x = FloatVector.broadcast(S, a[a3 + p]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
        }
        s00.intoArray(c, c0);
        s01.intoArray(c, c0 + LANES);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + LANES);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + LANES);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + LANES);
    }

    static void tile8x8(
            float[] a, int a0, int rows, float[] b, int bAt, float[] c, int cAt, int ldc, int k, boolean add) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector s0 = add ? FloatVector.fromArray(S, c, cAt) : zero;
        FloatVector s1 = add ? FloatVector.fromArray(S, c, cAt + ldc) : zero;
        FloatVector s2 = add ? FloatVector.fromArray(S, c, cAt + 2 * ldc) : zero;
        FloatVector s3 = add ? FloatVector.fromArray(S, c, cAt + 3 * ldc) : zero;
        FloatVector s4 = add ? FloatVector.fromArray(S, c, cAt + 4 * ldc) : zero;
        FloatVector s5 = add ? FloatVector.fromArray(S, c, cAt + 5 * ldc) : zero;
        FloatVector s6 = add ? FloatVector.fromArray(S, c, cAt + 6 * ldc) : zero;
        FloatVector s7 = add ? FloatVector.fromArray(S, c, cAt + 7 * ldc) : zero;
        int a1 = a0 + rows;
        int a2 = a1 + rows;
        int a3 = a2 + rows;
        int a4 = a3 + rows;
        int a5 = a4 + rows;
        int a6 = a5 + rows;
        int a7 = a6 + rows;
        for (int p = 0; p < k; p++) {
            FloatVector y = FloatVector.fromArray(S, b, bAt + p * LANES);
            s0 = FloatVector.broadcast(S, a[a0 + p]).fma(y, s0);
            s1 = FloatVector.broadcast(S, a[a1 + p]).fma(y, s1);
            s2 = FloatVector.broadcast(S, a[a2 + p]).fma(y, s2);
            s3 = FloatVector.broadcast(S, a[a3 + p]).fma(y, s3);
            s4 = FloatVector.broadcast(S, a[a4 + p]).fma(y, s4);
            s5 = FloatVector.broadcast(S, a[a5 + p]).fma(y, s5);
            s6 = FloatVector.broadcast(S, a[a6 + p]).fma(y, s6);
            s7 = FloatVector.broadcast(S, a[a7 + p]).fma(y, s7);
        }
        s0.intoArray(c, cAt);
        s1.intoArray(c, cAt + ldc);
        s2.intoArray(c, cAt + 2 * ldc);
        s3.intoArray(c, cAt + 3 * ldc);
        s4.intoArray(c, cAt + 4 * ldc);
        s5.intoArray(c, cAt + 5 * ldc);
        s6.intoArray(c, cAt + 6 * ldc);
        s7.intoArray(c, cAt + 7 * ldc);
    }
}
