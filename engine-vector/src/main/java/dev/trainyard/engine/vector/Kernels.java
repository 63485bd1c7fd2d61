package dev.trainyard.engine.vector;

import dev.trainyard.network.Activation;

/**
 * Inner loops of training. Each implementation rounds every value in the same places and adds in the same order, so
 * that all give the same bits. Arrays end with {@link #LANES} spare values, because vectors may reach past the last
 * value; spare values are never read into a result.
 */
interface Kernels {
    /** Values of one vector. */
    int LANES = 8;

    /** Short description for the log. */
    String name();

    static int padded(int count) {
        return (count + LANES - 1) / LANES * LANES;
    }

    /** Converts {@code length} unsigned bytes to values of 0 to 1. */
    void pixels(byte[] source, int from, float[] target, int to, int length);

    /**
     * Matrix product with fused multiply-add, ascending in {@code k}: {@code C[m,n] = A[m,k] · B[k,n]}, added to C if
     * {@code add}. Either A's rows or its columns are contiguous; {@code n} is a multiple of 8.
     */
    void multiply(Operand a, Operand b, Operand c, int m, int n, int k, boolean add);

    /** Adds {@code bias[n]} to each of {@code rows} rows and, if {@code relu}, cuts off negative values. */
    void addBias(float[] x, int rows, int n, float[] bias, int biasAt, boolean relu);

    /** Adds to {@code sums[n]} the sum of {@code rows} rows of {@code d} with {@code stride} values each. */
    void addColumnSums(float[] d, int stride, int rows, int n, float[] sums, int sumsAt);

    /** {@code x = f(x)} for the first {@code length} values. */
    void activate(Activation f, float[] x, int length);

    /** {@code d = d · f'(x)}, from {@code y = f(x)}. */
    void activationGradient(Activation f, float[] d, float[] y, int length);

    /** {@code x · factor} for each value. */
    void multiplyEach(float[] x, float[] factor, float[] result, int length);

    /** {@code sum = sum + x} for each value; {@code length} is a multiple of 8. */
    void addEach(float[] x, float[] sum, int length);

    /** Largest values of windows, before bias, and with bias and perhaps ReLU; see {@link Pool}. */
    void maxPool(Pool shape, float[] x, int xAt, float[] most, int mostAt, float[] bias, int biasAt, Target out);

    /** Gives each window's gradient to its first largest value and zero to the others. */
    void maxPoolGradient(Pool shape, float[] x, int xAt, float[] most, int mostAt, float[] d, int dAt, float[] dx);

    /** Copies each window of an image into a row; see {@link Windows}. */
    void windowRows(Windows shape, float[] image, float[] rows, int rowsAt);

    /** Adds each row to its window of the image, in the order of rows. */
    void addWindowRows(Windows shape, float[] rows, int stride, float[] image);

    /**
     * Products of an image's windows with {@code weights}, like a copy to rows and {@link #multiply}, for shapes that are
     * {@link Windows#inPlace}.
     */
    void convolve(Windows shape, float[] image, int imageAt, Operand weights, Operand products);

    /** Adds the windows, transposed, times {@code gradient} to {@code sums}, for the same shapes. */
    void addConvolutionGradient(Windows shape, float[] image, int imageAt, Operand gradient, Operand sums);

    void adam(Update update, float[] weights, float[] gradients, float[] mean, float[] square);

    void rmsProp(Update update, float[] weights, float[] gradients, float[] square);

    void sgd(Update update, float[] weights, float[] gradients);

    /** A matrix in an array: start, distance of rows, distance of columns. */
    record Operand(float[] values, int at, int rowStride, int columnStride) {
        static Operand rows(float[] values, int at, int rowStride) {
            return new Operand(values, at, rowStride, 1);
        }

        /** The transpose of rows. */
        static Operand columns(float[] values, int at, int rowStride) {
            return new Operand(values, at, 1, rowStride);
        }
    }

    /**
     * Pooling of an image of {@code height} × {@code width} pixels with {@code channels} values in {@code stride}
     * places (a multiple of 8) by windows of {@code size} × {@code size}; results have {@code channels} places.
     */
    record Pool(int height, int width, int channels, int stride, int size) {
        int outHeight() {
            return height / size;
        }

        int outWidth() {
            return width / size;
        }

        int outPixels() {
            return outHeight() * outWidth();
        }

        /** Whether pixels at the edge belong to no window. */
        boolean leavesOut() {
            return height % size != 0 || width % size != 0;
        }
    }

    /** Where pooled values go. */
    record Target(float[] values, int at, boolean relu) {}

    /**
     * Windows of {@code kernel} × {@code kernel} over {@code height} × {@code width} pixels, stride 1; {@code taps} are
     * the distances of a window's pixels from its first.
     */
    record Windows(int height, int width, int channels, int kernel, int[] taps) {
        Windows(int height, int width, int channels, int kernel) {
            this(height, width, channels, kernel, new int[kernel * kernel]);
            for (int tap = 0; tap < taps.length; tap++) {
                taps[tap] = tap / kernel * width + tap % kernel;
            }
        }

        /** Whether the image is read where it is, without a copy of its windows. */
        boolean inPlace() {
            return channels == 1 && outWidth() >= LANES;
        }

        int outHeight() {
            return height - kernel + 1;
        }

        int outWidth() {
            return width - kernel + 1;
        }

        int outPixels() {
            return outHeight() * outWidth();
        }

        /** Values of one window. */
        int length() {
            return kernel * kernel * channels;
        }
    }

    /** Step size and decays of one optimizer step. */
    record Update(float rate, float meanDecay, float squareDecay, float epsilon) {}
}
