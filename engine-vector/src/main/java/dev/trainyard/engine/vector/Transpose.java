package dev.trainyard.engine.vector;

/** Transposes matrices in blocks that fit into the first cache. */
final class Transpose {
    private static final int BLOCK = 16;

    private Transpose() {}

    /** {@code to[j, i] = from[i, j]} for {@code rows} rows of {@code columns}. */
    static void of(float[] from, int at, int stride, int rows, int columns, float[] to, int toStride) {
        for (int i = 0; i < rows; i += BLOCK) {
            int lastRow = Math.min(rows, i + BLOCK);
            for (int j = 0; j < columns; j++) {
                int source = at + j;
                for (int r = i; r < lastRow; r++) {
                    to[j * toStride + r] = from[source + r * stride];
                }
            }
        }
    }
}
