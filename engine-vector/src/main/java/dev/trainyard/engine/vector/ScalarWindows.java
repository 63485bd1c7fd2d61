package dev.trainyard.engine.vector;

import java.util.Arrays;

/** Windows of an image as rows of a matrix and back, and products with windows in place, without vectors. */
final class ScalarWindows {
    private ScalarWindows() {}

    static void rows(Kernels.Windows shape, float[] image, float[] rows, int rowsAt) {
        int line = shape.width() * shape.channels();
        int part = shape.kernel() * shape.channels();
        int to = rowsAt;
        for (int y = 0; y < shape.outHeight(); y++) {
            for (int x = 0; x < shape.outWidth(); x++) {
                for (int dy = 0; dy < shape.kernel(); dy++, to += part) {
                    System.arraycopy(image, (y + dy) * line + x * shape.channels(), rows, to, part);
                }
            }
        }
    }

    static void addRows(Kernels.Windows shape, float[] rows, int stride, float[] image) {
        int line = shape.width() * shape.channels();
        int part = shape.kernel() * shape.channels();
        for (int pixel = 0; pixel < shape.outPixels(); pixel++) {
            int from = pixel * stride;
            int to = pixel / shape.outWidth() * line + pixel % shape.outWidth() * shape.channels();
            for (int dy = 0; dy < shape.kernel(); dy++) {
                for (int i = 0; i < part; i++) {
                    image[to + dy * line + i] += rows[from + dy * part + i];
                }
            }
        }
    }

    static void convolve(
            Kernels.Windows shape, float[] image, int imageAt, Kernels.Operand weights, Kernels.Operand products) {
        int n = products.rowStride();
        for (int pixel = 0; pixel < shape.outPixels(); pixel++) {
            int from = imageAt + corner(shape, pixel);
            int to = products.at() + pixel * n;
            Arrays.fill(products.values(), to, to + n, 0f);
            for (int tap = 0; tap < shape.taps().length; tap++) {
                float factor = image[from + shape.taps()[tap]];
                ScalarKernels.addRow(factor, weights.values(), weights.at() + tap * n, products.values(), to, n);
            }
        }
    }

    static void addGradient(
            Kernels.Windows shape, float[] image, int imageAt, Kernels.Operand gradient, Kernels.Operand sums) {
        int n = gradient.rowStride();
        for (int pixel = 0; pixel < shape.outPixels(); pixel++) {
            int from = imageAt + corner(shape, pixel);
            for (int tap = 0; tap < shape.taps().length; tap++) {
                float factor = image[from + shape.taps()[tap]];
                ScalarKernels.addRow(
                        factor, gradient.values(), gradient.at() + pixel * n, sums.values(), sums.at() + tap * n, n);
            }
        }
    }

    private static int corner(Kernels.Windows shape, int pixel) {
        return pixel / shape.outWidth() * shape.width() + pixel % shape.outWidth();
    }
}
