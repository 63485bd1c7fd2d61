package dev.trainyard.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Matrix product on vectors. A tile of C stays in registers while {@code k} ascends: 4 rows of 16 columns, or 8 rows of
 * 8 columns. Each value of C is one chain of fused multiply-adds, whatever the tile. The columns of B that a tile needs
 * are copied side by side first: their distance is then a constant, which needs no checks, and they share cache lines.
 */
final class MatrixMultiply {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final int LANES = Kernels.LANES;
    private static final int ROWS_16 = 4;
    private static final int ROWS_8 = 8;

    /** Rows that a last tile computes again. */
    private final float[] saved = new float[ROWS_8 * 2 * LANES];

    /** Columns of B, copied; as long as the longest so far. */
    private float[] copied = {};
    /** Where the columns of the current tiles are. */
    private float[] columns = {};

    void multiply(Kernels.Operand a, Kernels.Operand b, Kernels.Operand c, int m, int n, int k, boolean add) {
        int j = 0;
        for (; j + 2 * LANES <= n; j += 2 * LANES) {
            int at = panel(b, j, 2 * LANES, k);
            columns16(a, columns, at, c.values(), c.at() + j, c.rowStride(), m, k, add);
        }
        if (j < n) {
            int at = panel(b, j, LANES, k);
            columns8(a, columns, at, c.values(), c.at() + j, c.rowStride(), m, k, add);
        }
    }

    /** Points {@link #columns} to {@code width} columns of B in rows without gaps; returns where they start. */
    private int panel(Kernels.Operand b, int column, int width, int k) {
        if (b.rowStride() == width) {
            columns = b.values();
            return b.at();
        }
        if (copied.length < k * width) {
            copied = new float[k * width];
        }
        for (int x = 0; x < width; x += LANES) {
            copyRows(b.values(), b.at() + column + x, b.rowStride(), copied, x, width, k);
        }
        columns = copied;
        return 0;
    }

    private void columns16(
            Kernels.Operand a, float[] b, int bAt, float[] c, int cAt, int ldc, int m, int k, boolean add) {
        float[] x = a.values();
        int rows = a.rowStride();
        int step = a.columnStride();
        int i = 0;
        for (; i + ROWS_16 <= m; i += ROWS_16) {
            if (step == 1) {
                RowTiles.tile4x16(x, a.at() + i * rows, rows, b, bAt, c, cAt + i * ldc, ldc, k, add);
            } else {
                ColumnTiles.tile4x16(x, a.at() + i, step, b, bAt, c, cAt + i * ldc, ldc, k, add);
            }
        }
        for (; i < m; i++) {
            tile1x16(x, a.at() + i * rows, step, b, bAt, c, cAt + i * ldc, k, add);
        }
    }

    private void columns8(
            Kernels.Operand a, float[] b, int bAt, float[] c, int cAt, int ldc, int m, int k, boolean add) {
        float[] x = a.values();
        int rows = a.rowStride();
        int step = a.columnStride();
        int i = 0;
        for (; i + ROWS_8 <= m; i += ROWS_8) {
            tile8x8(a, i, b, bAt, c, cAt, ldc, k, add);
        }
        if (i < m && m > ROWS_8) {
            // A tile that overlaps finished rows is faster than single rows, whose chains wait for each addition.
            int last = m - ROWS_8;
            copyRows(c, cAt + last * ldc, ldc, saved, 0, LANES, i - last);
            tile8x8(a, last, b, bAt, c, cAt, ldc, k, add);
            copyRows(saved, 0, LANES, c, cAt + last * ldc, ldc, i - last);
            return;
        }
        for (; i < m; i++) {
            tile1x8(x, a.at() + i * rows, step, b, bAt, c, cAt + i * ldc, k, add);
        }
    }

    private static void tile8x8(
            Kernels.Operand a, int row, float[] b, int bAt, float[] c, int cAt, int ldc, int k, boolean add) {
        int at = a.at() + row * a.rowStride();
        if (a.columnStride() == 1) {
            RowTiles.tile8x8(a.values(), at, a.rowStride(), b, bAt, c, cAt + row * ldc, ldc, k, add);
        } else {
            ColumnTiles.tile8x8(a.values(), at, a.columnStride(), b, bAt, c, cAt + row * ldc, ldc, k, add);
        }
    }

    private static void copyRows(float[] from, int at, int stride, float[] to, int toAt, int toStride, int rows) {
        for (int i = 0; i < rows; i++) {
            FloatVector.fromArray(S, from, at + i * stride).intoArray(to, toAt + i * toStride);
        }
    }

    private static void tile1x16(
            float[] a, int a0, int step, float[] b, int bAt, float[] c, int c0, int k, boolean add) {
        FloatVector s0 = add ? FloatVector.fromArray(S, c, c0) : FloatVector.zero(S);
        FloatVector s1 = add ? FloatVector.fromArray(S, c, c0 + LANES) : FloatVector.zero(S);
        for (int p = 0, q = a0; p < k; p++, q += step) {
            FloatVector x = FloatVector.broadcast(S, a[q]);
            s0 = x.fma(FloatVector.fromArray(S, b, bAt + p * 2 * LANES), s0);
            s1 = x.fma(FloatVector.fromArray(S, b, bAt + p * 2 * LANES + LANES), s1);
        }
        s0.intoArray(c, c0);
        s1.intoArray(c, c0 + LANES);
    }

    private static void tile1x8(
            float[] a, int a0, int step, float[] b, int bAt, float[] c, int c0, int k, boolean add) {
        FloatVector s = add ? FloatVector.fromArray(S, c, c0) : FloatVector.zero(S);
        for (int p = 0, q = a0; p < k; p++, q += step) {
            s = FloatVector.broadcast(S, a[q]).fma(FloatVector.fromArray(S, b, bAt + p * LANES), s);
        }
        s.intoArray(c, c0);
    }
}
