package dev.trainyard.engine.vector;

import dev.trainyard.network.Activation;
import java.util.Arrays;

/** The kernels without vectors, for a JVM without the module or a processor with narrow vectors. */
final class ScalarKernels implements Kernels {
    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public void pixels(byte[] source, int from, float[] target, int to, int length) {
        for (int i = 0; i < length; i++) {
            target[to + i] = (source[from + i] & 0xff) / 255f;
        }
    }

    @Override
    public void multiply(Operand a, Operand b, Operand c, int m, int n, int k, boolean add) {
        for (int i = 0; i < m; i++) {
            int to = c.at() + i * c.rowStride();
            if (!add) {
                Arrays.fill(c.values(), to, to + n, 0f);
            }
            for (int p = 0; p < k; p++) {
                float factor = a.values()[a.at() + i * a.rowStride() + p * a.columnStride()];
                addRow(factor, b.values(), b.at() + p * b.rowStride(), c.values(), to, n);
            }
        }
    }

    static void addRow(float factor, float[] b, int from, float[] c, int to, int n) {
        for (int j = 0; j < n; j++) {
            c[to + j] = Math.fma(factor, b[from + j], c[to + j]);
        }
    }

    @Override
    public void addBias(float[] x, int rows, int n, float[] bias, int biasAt, boolean relu) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < n; j++) {
                float value = x[i * n + j] + bias[biasAt + j];
                x[i * n + j] = relu && value < 0 ? 0 : value;
            }
        }
    }

    @Override
    public void addColumnSums(float[] d, int stride, int rows, int n, float[] sums, int sumsAt) {
        for (int j = 0; j < n; j++) {
            float sum = sums[sumsAt + j];
            for (int i = 0; i < rows; i++) {
                sum += d[i * stride + j];
            }
            sums[sumsAt + j] = sum;
        }
    }

    @Override
    public void activate(Activation f, float[] x, int length) {
        for (int i = 0; i < length; i++) {
            x[i] = ScalarActivations.value(f, x[i]);
        }
    }

    @Override
    public void activationGradient(Activation f, float[] d, float[] y, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = ScalarActivations.gradient(f, d[i], y[i]);
        }
    }

    @Override
    public void multiplyEach(float[] x, float[] factor, float[] result, int length) {
        for (int i = 0; i < length; i++) {
            result[i] = x[i] * factor[i];
        }
    }

    @Override
    public void addEach(float[] x, float[] sum, int length) {
        for (int i = 0; i < length; i++) {
            sum[i] += x[i];
        }
    }

    @Override
    public void maxPool(
            Pool shape, float[] x, int xAt, float[] most, int mostAt, float[] bias, int biasAt, Target out) {
        for (int pixel = 0; pixel < shape.outPixels(); pixel++) {
            int corner = xAt + corner(shape, pixel);
            for (int c = 0; c < shape.channels(); c++) {
                float max = x[corner + c];
                for (int w = 1; w < shape.size() * shape.size(); w++) {
                    float value = x[corner + c + within(shape, w)];
                    max = value > max ? value : max;
                }
                most[mostAt + pixel * shape.stride() + c] = max;
                float sum = max + bias[biasAt + c];
                out.values()[out.at() + pixel * shape.channels() + c] = out.relu() && sum < 0 ? 0 : sum;
            }
        }
    }

    @Override
    public void maxPoolGradient(
            Pool shape, float[] x, int xAt, float[] most, int mostAt, float[] d, int dAt, float[] dx) {
        for (int pixel = 0; pixel < shape.outPixels(); pixel++) {
            int corner = corner(shape, pixel);
            for (int c = 0; c < shape.channels(); c++) {
                float left = d[dAt + pixel * shape.channels() + c];
                float max = most[mostAt + pixel * shape.stride() + c];
                for (int w = 0; w < shape.size() * shape.size(); w++) {
                    int at = corner + c + within(shape, w);
                    boolean hit = x[xAt + at] == max;
                    dx[at] = hit ? left : 0;
                    left = hit ? 0 : left;
                }
            }
        }
    }

    private static int corner(Pool shape, int pixel) {
        int y = pixel / shape.outWidth() * shape.size();
        int x = pixel % shape.outWidth() * shape.size();
        return (y * shape.width() + x) * shape.stride();
    }

    private static int within(Pool shape, int place) {
        return (place / shape.size() * shape.width() + place % shape.size()) * shape.stride();
    }

    @Override
    public void windowRows(Windows shape, float[] image, float[] rows, int rowsAt) {
        ScalarWindows.rows(shape, image, rows, rowsAt);
    }

    @Override
    public void addWindowRows(Windows shape, float[] rows, int stride, float[] image) {
        ScalarWindows.addRows(shape, rows, stride, image);
    }

    @Override
    public void convolve(Windows shape, float[] image, int imageAt, Operand weights, Operand products) {
        ScalarWindows.convolve(shape, image, imageAt, weights, products);
    }

    @Override
    public void addConvolutionGradient(Windows shape, float[] image, int imageAt, Operand gradient, Operand sums) {
        ScalarWindows.addGradient(shape, image, imageAt, gradient, sums);
    }

    @Override
    public void adam(Update u, float[] weights, float[] gradients, float[] mean, float[] square) {
        float restMean = 1 - u.meanDecay();
        float restSquare = 1 - u.squareDecay();
        for (int i = 0; i < weights.length; i++) {
            float g = gradients[i];
            mean[i] = Math.fma(mean[i], u.meanDecay(), g * restMean);
            square[i] = Math.fma(square[i], u.squareDecay(), g * g * restSquare);
            weights[i] -= mean[i] * u.rate() / ((float) Math.sqrt(square[i]) + u.epsilon());
        }
    }

    @Override
    public void rmsProp(Update u, float[] weights, float[] gradients, float[] square) {
        float restSquare = 1 - u.squareDecay();
        for (int i = 0; i < weights.length; i++) {
            float g = gradients[i];
            square[i] = Math.fma(square[i], u.squareDecay(), g * g * restSquare);
            weights[i] -= g * u.rate() / ((float) Math.sqrt(square[i]) + u.epsilon());
        }
    }

    @Override
    public void sgd(Update u, float[] weights, float[] gradients) {
        for (int i = 0; i < weights.length; i++) {
            weights[i] -= gradients[i] * u.rate();
        }
    }
}
