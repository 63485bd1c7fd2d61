package dev.trainyard.engine.vector;

import dev.trainyard.engine.onnx.OnnxExporter;
import dev.trainyard.network.Activation;
import java.util.Arrays;
import java.util.Random;

/**
 * Convolution and the max pooling after it; without one, windows of one pixel. All activation functions ascend, so that
 * pooling first gives the same values and leaves fewer of them. Images [height, width, channels]; W [kernel · kernel ·
 * channels, filters] with rows padded to whole vectors.
 */
final class ConvolutionLayer extends Layer.Weighted {
    private final Kernels kernels;
    private final Parameters parameters;
    private final Activation activation;
    private final int padding;
    private final int filters;
    private final int ld;
    private final Kernels.Windows windows;
    private final Kernels.Pool pool;
    private final int weightsAt;
    private final int biasAt;

    private final ConvolutionInput images;
    /** Products of all images: [samples · pixels, filters padded]. */
    private final float[] products;
    /** Largest products: [samples · pooled pixels, filters padded]. */
    private final float[] most;
    /** Gradient of one image's products. */
    private final float[] productGradient;
    /** W transposed, gradients of one image's windows and of one image with its border; empty if they are not needed. */
    private float[] transposed = new float[0];

    private float[] rowGradient = new float[0];
    private float[] borderedGradient = new float[0];

    ConvolutionLayer(
            Kernels kernels,
            Parameters parameters,
            Layout in,
            int filters,
            int kernel,
            int padding,
            int pool,
            Activation activation) {
        this(kernels, parameters, in, padding, activation, windows(in, kernel, padding), filters, pool);
    }

    private static Kernels.Windows windows(Layout in, int kernel, int padding) {
        return new Kernels.Windows(in.height() + 2 * padding, in.width() + 2 * padding, in.channels(), kernel);
    }

    private ConvolutionLayer(
            Kernels kernels,
            Parameters parameters,
            Layout in,
            int padding,
            Activation activation,
            Kernels.Windows windows,
            int filters,
            int pool) {
        super(in, Layout.image(windows.outHeight() / pool, windows.outWidth() / pool, filters));
        this.kernels = kernels;
        this.parameters = parameters;
        this.activation = activation;
        this.padding = padding;
        this.filters = filters;
        this.ld = Kernels.padded(filters);
        this.windows = windows;
        this.pool = new Kernels.Pool(windows.outHeight(), windows.outWidth(), filters, ld, pool);
        this.weightsAt = parameters.reserve(windows.length() * ld);
        this.biasAt = parameters.reserve(ld);
        this.images = new ConvolutionInput(kernels, in, padding, windows);
        this.products = new float[MOST_SAMPLES * windows.outPixels() * ld];
        this.most = new float[MOST_SAMPLES * this.pool.outPixels() * ld];
        this.productGradient = new float[windows.outPixels() * ld];
    }

    @Override
    void needInputGradient() {
        super.needInputGradient();
        int width = Kernels.padded(windows.length());
        transposed = new float[filters * width];
        rowGradient = new float[windows.outPixels() * width + Kernels.LANES];
        borderedGradient = new float[images.borderedSize() + Kernels.LANES];
    }

    @Override
    void initialize(Random random) {
        int fanOut = windows.kernel() * windows.kernel() * filters;
        InitialWeights.draw(parameters.values(), weightsAt, windows.length(), filters, ld, activation, fanOut, random);
    }

    @Override
    void forward(float[] input, int samples) {
        float[] p = parameters.values();
        int pixels = windows.outPixels();
        boolean relu = activation == Activation.RELU;
        for (int s = 0; s < samples; s++) {
            images.load(input, s);
            images.multiply(
                    s, Kernels.Operand.rows(p, weightsAt, ld), Kernels.Operand.rows(products, s * pixels * ld, ld));
            Kernels.Target target = new Kernels.Target(output, s * out.stride(), relu);
            kernels.maxPool(pool, products, s * pixels * ld, most, s * pool.outPixels() * ld, p, biasAt, target);
        }
        if (!relu) {
            kernels.activate(activation, output, samples * out.stride());
        }
    }

    @Override
    void backward(float[] input, float[] gradient, int samples) {
        kernels.activationGradient(activation, gradient, output, samples * out.stride());
        float[] g = parameters.gradients();
        kernels.addColumnSums(gradient, filters, samples * pool.outPixels(), filters, g, biasAt);
        if (needsInputGradient()) {
            int width = Kernels.padded(windows.length());
            Transpose.of(parameters.values(), weightsAt, ld, windows.length(), filters, transposed, width);
        }
        int pixels = windows.outPixels();
        for (int s = 0; s < samples; s++) {
            if (pool.leavesOut()) {
                Arrays.fill(productGradient, 0);
            }
            kernels.maxPoolGradient(
                    pool,
                    products,
                    s * pixels * ld,
                    most,
                    s * pool.outPixels() * ld,
                    gradient,
                    s * out.stride(),
                    productGradient);
            images.addWeightGradient(
                    s, Kernels.Operand.rows(productGradient, 0, ld), Kernels.Operand.rows(g, weightsAt, ld));
            if (needsInputGradient()) {
                inputGradient(s);
            }
        }
        clearSpareGradients(g);
    }

    private void inputGradient(int sample) {
        int width = Kernels.padded(windows.length());
        kernels.multiply(
                Kernels.Operand.rows(productGradient, 0, ld),
                Kernels.Operand.rows(transposed, 0, width),
                Kernels.Operand.rows(rowGradient, 0, width),
                windows.outPixels(),
                width,
                filters,
                false);
        Arrays.fill(borderedGradient, 0);
        kernels.addWindowRows(windows, rowGradient, width, borderedGradient);
        Border.remove(borderedGradient, in, padding, inputGradient, sample * in.stride());
    }

    /** Spare lanes of pooling hold values of the next pixel. */
    private void clearSpareGradients(float[] gradients) {
        for (int i = 0; filters < ld && i < windows.length(); i++) {
            Arrays.fill(gradients, weightsAt + i * ld + filters, weightsAt + (i + 1) * ld, 0);
        }
    }

    @Override
    OnnxExporter.Weights weights() {
        int k = windows.kernel();
        int channels = windows.channels();
        float[] kernel = new float[filters * windows.length()];
        for (int tap = 0; tap < k * k; tap++) {
            for (int c = 0; c < channels; c++) {
                int row = weightsAt + (tap * channels + c) * ld;
                for (int f = 0; f < filters; f++) {
                    kernel[(f * channels + c) * k * k + tap] = parameters.values()[row + f];
                }
            }
        }
        float[] bias = new float[filters];
        System.arraycopy(parameters.values(), biasAt, bias, 0, filters);
        return new OnnxExporter.Weights(new long[] {filters, channels, k, k}, kernel, bias);
    }
}
