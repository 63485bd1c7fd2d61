package dev.trainyard.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Matrix product on vectors. A tile of C stays in registers while {@code k} ascends: 4 rows of 16 columns, or 8 rows of
 * 8 columns. Each value of C is one chain of fused multiply-adds, whatever the tile.
 */
final class MatrixMultiply {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final int LANES = Kernels.LANES;
    private static final int ROWS_16 = 4;
    private static final int ROWS_8 = 8;

    /** Rows that a last tile computes again. */
    private final float[] saved = new float[ROWS_8 * 2 * LANES];

    void multiply(Kernels.Operand a, Kernels.Operand b, Kernels.Operand c, int m, int n, int k, boolean add) {
        int j = 0;
        for (; j + 2 * LANES <= n; j += 2 * LANES) {
            columns16(a, b.values(), b.at() + j, b.rowStride(), c.values(), c.at() + j, c.rowStride(), m, k, add);
        }
        if (j < n) {
            columns8(a, b.values(), b.at() + j, b.rowStride(), c.values(), c.at() + j, c.rowStride(), m, k, add);
        }
    }

    private void columns16(
            Kernels.Operand a, float[] b, int bAt, int ldb, float[] c, int cAt, int ldc, int m, int k, boolean add) {
        float[] x = a.values();
        int rows = a.rowStride();
        int step = a.columnStride();
        int i = 0;
        for (; i + ROWS_16 <= m; i += ROWS_16) {
            if (step == 1) {
                RowTiles.tile4x16(x, a.at() + i * rows, rows, b, bAt, ldb, c, cAt + i * ldc, ldc, k, add);
            } else {
                ColumnTiles.tile4x16(x, a.at() + i, step, b, bAt, ldb, c, cAt + i * ldc, ldc, k, add);
            }
        }
        for (; i < m; i++) {
            tile1x16(x, a.at() + i * rows, step, b, bAt, ldb, c, cAt + i * ldc, k, add);
        }
    }

    private void columns8(
            Kernels.Operand a, float[] b, int bAt, int ldb, float[] c, int cAt, int ldc, int m, int k, boolean add) {
        float[] x = a.values();
        int rows = a.rowStride();
        int step = a.columnStride();
        int i = 0;
        for (; i + ROWS_8 <= m; i += ROWS_8) {
            tile8x8(a, i, b, bAt, ldb, c, cAt, ldc, k, add);
        }
        if (i < m && m > ROWS_8) {
            // A tile that overlaps finished rows is faster than single rows, whose chains wait for each addition.
            int last = m - ROWS_8;
            copyRows(c, cAt + last * ldc, ldc, saved, 0, LANES, i - last);
            tile8x8(a, last, b, bAt, ldb, c, cAt, ldc, k, add);
            copyRows(saved, 0, LANES, c, cAt + last * ldc, ldc, i - last);
            return;
        }
        for (; i < m; i++) {
            tile1x8(x, a.at() + i * rows, step, b, bAt, ldb, c, cAt + i * ldc, k, add);
        }
    }

    private static void tile8x8(
            Kernels.Operand a, int row, float[] b, int bAt, int ldb, float[] c, int cAt, int ldc, int k, boolean add) {
        int at = a.at() + row * a.rowStride();
        if (a.columnStride() == 1) {
            RowTiles.tile8x8(a.values(), at, a.rowStride(), b, bAt, ldb, c, cAt + row * ldc, ldc, k, add);
        } else {
            ColumnTiles.tile8x8(a.values(), at, a.columnStride(), b, bAt, ldb, c, cAt + row * ldc, ldc, k, add);
        }
    }

    private static void copyRows(float[] from, int at, int stride, float[] to, int toAt, int toStride, int rows) {
        for (int i = 0; i < rows; i++) {
            FloatVector.fromArray(S, from, at + i * stride).intoArray(to, toAt + i * toStride);
        }
    }

    private static void tile1x16(
            float[] a, int a0, int step, float[] b, int bAt, int ldb, float[] c, int c0, int k, boolean add) {
        FloatVector s0 = add ? FloatVector.fromArray(S, c, c0) : FloatVector.zero(S);
        FloatVector s1 = add ? FloatVector.fromArray(S, c, c0 + LANES) : FloatVector.zero(S);
        for (int p = 0, q = a0, r = bAt; p < k; p++, q += step, r += ldb) {
            FloatVector x = FloatVector.broadcast(S, a[q]);
            s0 = x.fma(FloatVector.fromArray(S, b, r), s0);
            s1 = x.fma(FloatVector.fromArray(S, b, r + LANES), s1);
        }
        s0.intoArray(c, c0);
        s1.intoArray(c, c0 + LANES);
    }

    private static void tile1x8(
            float[] a, int a0, int step, float[] b, int bAt, int ldb, float[] c, int c0, int k, boolean add) {
        FloatVector s = add ? FloatVector.fromArray(S, c, c0) : FloatVector.zero(S);
        for (int p = 0, q = a0, r = bAt; p < k; p++, q += step, r += ldb) {
            s = FloatVector.broadcast(S, a[q]).fma(FloatVector.fromArray(S, b, r), s);
        }
        s.intoArray(c, c0);
    }
}
