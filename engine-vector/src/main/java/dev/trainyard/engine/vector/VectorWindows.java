package dev.trainyard.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Windows of an image as rows of a matrix, and back, on vectors. */
final class VectorWindows {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final int LANES = Kernels.LANES;

    private VectorWindows() {}

    /** Vectors reach past their part of a row; what they write there is overwritten by the next part. */
    static void rows(Kernels.Windows shape, float[] image, float[] rows, int rowsAt) {
        int line = shape.width() * shape.channels();
        int part = shape.kernel() * shape.channels();
        int to = rowsAt;
        for (int y = 0; y < shape.outHeight(); y++) {
            for (int x = 0; x < shape.outWidth(); x++) {
                int from = y * line + x * shape.channels();
                for (int dy = 0; dy < shape.kernel(); dy++, to += part, from += line) {
                    for (int i = 0; i < part; i += LANES) {
                        FloatVector.fromArray(S, image, from + i).intoArray(rows, to + i);
                    }
                }
            }
        }
    }

    static void addRows(Kernels.Windows shape, float[] rows, int stride, float[] image) {
        int line = shape.width() * shape.channels();
        int part = shape.kernel() * shape.channels();
        int whole = part / LANES * LANES;
        for (int y = 0; y < shape.outHeight(); y++) {
            for (int x = 0; x < shape.outWidth(); x++) {
                int from = (y * shape.outWidth() + x) * stride;
                int to = y * line + x * shape.channels();
                for (int dy = 0; dy < shape.kernel(); dy++, from += part, to += line) {
                    for (int i = 0; i < whole; i += LANES) {
                        FloatVector.fromArray(S, image, to + i)
                                .add(FloatVector.fromArray(S, rows, from + i))
                                .intoArray(image, to + i);
                    }
                    for (int i = whole; i < part; i++) {
                        image[to + i] += rows[from + i];
                    }
                }
            }
        }
    }
}
