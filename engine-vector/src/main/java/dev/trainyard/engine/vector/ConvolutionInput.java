package dev.trainyard.engine.vector;

/** The images of a convolution: read where they are if they have one channel, otherwise with their windows as rows. */
final class ConvolutionInput {
    private final Kernels kernels;
    private final Layout in;
    private final int padding;
    private final Kernels.Windows windows;
    private final boolean inPlace;
    /** All images with their borders if they are read in place, otherwise one of them. */
    private final float[] bordered;
    /** Windows of all images: [samples · pixels, kernel · kernel · channels]; empty if they are read in place. */
    private final float[] rows;

    ConvolutionInput(Kernels kernels, Layout in, int padding, Kernels.Windows windows) {
        this.kernels = kernels;
        this.in = in;
        this.padding = padding;
        this.windows = windows;
        this.inPlace = windows.inPlace();
        int images = inPlace ? Layer.MOST_SAMPLES : 1;
        this.bordered = new float[images * borderedSize() + Kernels.LANES];
        int values = Layer.MOST_SAMPLES * windows.outPixels() * windows.length() + Kernels.LANES;
        this.rows = new float[inPlace ? 0 : values];
    }

    /** Values of an image with its border. */
    int borderedSize() {
        return windows.height() * windows.width() * windows.channels();
    }

    /** Keeps one sample of the input until the next batch. */
    void load(float[] input, int sample) {
        Border.add(input, sample * in.stride(), in, padding, bordered, borderedAt(sample));
        if (!inPlace) {
            kernels.windowRows(windows, bordered, rows, rowsAt(sample));
        }
    }

    /** Multiplies the sample's windows by {@code weights}. */
    void multiply(int sample, Kernels.Operand weights, Kernels.Operand products) {
        if (inPlace) {
            kernels.convolve(windows, bordered, borderedAt(sample), weights, products);
            return;
        }
        Kernels.Operand a = Kernels.Operand.rows(rows, rowsAt(sample), windows.length());
        kernels.multiply(a, weights, products, windows.outPixels(), weights.rowStride(), windows.length(), false);
    }

    /** Adds the sample's part of the gradient of the weights to {@code sums}. */
    void addWeightGradient(int sample, Kernels.Operand gradient, Kernels.Operand sums) {
        if (inPlace) {
            kernels.addConvolutionGradient(windows, bordered, borderedAt(sample), gradient, sums);
            return;
        }
        Kernels.Operand a = Kernels.Operand.columns(rows, rowsAt(sample), windows.length());
        kernels.multiply(a, gradient, sums, windows.length(), gradient.rowStride(), windows.outPixels(), true);
    }

    private int borderedAt(int sample) {
        return inPlace ? sample * borderedSize() : 0;
    }

    private int rowsAt(int sample) {
        return sample * windows.outPixels() * windows.length();
    }
}
