package dev.trainyard.engine.vector;

import static jdk.incubator.vector.VectorOperators.LT;

import dev.trainyard.network.Activation;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** The kernels on 256-bit vectors. Not thread-safe. */
final class VectorKernels implements Kernels {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    private final MatrixMultiply matrices = new MatrixMultiply();

    /** Whether the processor's vectors are wide enough. */
    static boolean wideEnough() {
        return FloatVector.SPECIES_PREFERRED.length() >= LANES;
    }

    @Override
    public String name() {
        return "256-bit vectors";
    }

    @Override
    public void pixels(byte[] source, int from, float[] target, int to, int length) {
        int whole = length / LANES * LANES;
        for (int i = 0; i < whole; i += LANES) {
            IntVector values = (IntVector) ByteVector.fromArray(ByteVector.SPECIES_64, source, from + i)
                    .castShape(IntVector.SPECIES_256, 0);
            FloatVector unsigned = (FloatVector) values.and(0xff).castShape(S, 0);
            unsigned.div(255f).intoArray(target, to + i);
        }
        for (int i = whole; i < length; i++) {
            target[to + i] = (source[from + i] & 0xff) / 255f;
        }
    }

    @Override
    public void multiply(Operand a, Operand b, Operand c, int m, int n, int k, boolean add) {
        matrices.multiply(a, b, c, m, n, k, add);
    }

    @Override
    public void addBias(float[] x, int rows, int n, float[] bias, int biasAt, boolean relu) {
        if (relu) {
            addBiasAndCut(x, rows, n, bias, biasAt);
            return;
        }
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < n; j += LANES) {
                FloatVector.fromArray(S, x, i * n + j)
                        .add(FloatVector.fromArray(S, bias, biasAt + j))
                        .intoArray(x, i * n + j);
            }
        }
    }

    private static void addBiasAndCut(float[] x, int rows, int n, float[] bias, int biasAt) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < n; j += LANES) {
                FloatVector v = FloatVector.fromArray(S, x, i * n + j).add(FloatVector.fromArray(S, bias, biasAt + j));
                v.blend(0f, v.compare(LT, 0f)).intoArray(x, i * n + j);
            }
        }
    }

    @Override
    public void addColumnSums(float[] d, int stride, int rows, int n, float[] sums, int sumsAt) {
        for (int j = 0; j < n; j += LANES) {
            FloatVector sum = FloatVector.fromArray(S, sums, sumsAt + j);
            for (int i = 0, at = j; i < rows; i++, at += stride) {
                sum = sum.add(FloatVector.fromArray(S, d, at));
            }
            VectorPooling.store(sum, sums, sumsAt + j, n - j);
        }
    }

    @Override
    public void activate(Activation f, float[] x, int length) {
        VectorActivations.activate(f, x, length);
    }

    @Override
    public void activationGradient(Activation f, float[] d, float[] y, int length) {
        VectorActivationGradients.apply(f, d, y, length);
    }

    @Override
    public void multiplyEach(float[] x, float[] factor, float[] result, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(S, x, i)
                    .mul(FloatVector.fromArray(S, factor, i))
                    .intoArray(result, i);
        }
    }

    @Override
    public void addEach(float[] x, float[] sum, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(S, sum, i).add(FloatVector.fromArray(S, x, i)).intoArray(sum, i);
        }
    }

    @Override
    public void maxPool(
            Pool shape, float[] x, int xAt, float[] most, int mostAt, float[] bias, int biasAt, Target out) {
        VectorPooling.forward(shape, x, xAt, most, mostAt, bias, biasAt, out);
    }

    @Override
    public void maxPoolGradient(
            Pool shape, float[] x, int xAt, float[] most, int mostAt, float[] d, int dAt, float[] dx) {
        VectorPooling.backward(shape, x, xAt, most, mostAt, d, dAt, dx);
    }

    @Override
    public void windowRows(Windows shape, float[] image, float[] rows, int rowsAt) {
        VectorWindows.rows(shape, image, rows, rowsAt);
    }

    @Override
    public void addWindowRows(Windows shape, float[] rows, int stride, float[] image) {
        VectorWindows.addRows(shape, rows, stride, image);
    }

    @Override
    public void convolve(Windows shape, float[] image, int imageAt, Operand weights, Operand products) {
        VectorConvolution.forward(shape, image, imageAt, weights, products);
    }

    @Override
    public void addConvolutionGradient(Windows shape, float[] image, int imageAt, Operand gradient, Operand sums) {
        VectorConvolutionGradient.add(shape, image, imageAt, gradient, sums);
    }

    @Override
    public void adam(Update u, float[] weights, float[] gradients, float[] mean, float[] square) {
        VectorUpdates.adam(u, weights, gradients, mean, square);
    }

    @Override
    public void rmsProp(Update u, float[] weights, float[] gradients, float[] square) {
        VectorUpdates.rmsProp(u, weights, gradients, square);
    }

    @Override
    public void sgd(Update u, float[] weights, float[] gradients) {
        VectorUpdates.sgd(u, weights, gradients);
    }
}
