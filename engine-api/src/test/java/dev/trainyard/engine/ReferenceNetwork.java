package dev.trainyard.engine;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.network.Activation;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import java.util.List;

/** Loss of a network in double precision, for gradients by finite differences. */
final class ReferenceNetwork {
    private static final double SELU_ALPHA = 1.6732632423543772;
    private static final double SELU_SCALE = 1.0507009873554805;

    private final NetworkSpec spec;
    /** Kernel and bias of each layer that has them, in turn. */
    final List<double[]> parameters;

    ReferenceNetwork(NetworkSpec spec, List<double[]> parameters) {
        this.spec = spec;
        this.parameters = parameters;
    }

    /** Mean cross-entropy over the images, in nats. */
    double loss(ImageDataset images) {
        double sum = 0;
        for (int image = 0; image < images.size(); image++) {
            sum -= Math.log(probabilities(images, image)[images.labels()[image]]);
        }
        return sum / images.size();
    }

    double[] probabilities(ImageDataset images, int image) {
        double[] values = new double[images.imageSize()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (images.pixels()[image * images.imageSize() + i] & 0xff) / 255.0;
        }
        ImageShape shape = spec.input();
        int next = 0;
        for (LayerSpec layer : spec.layers()) {
            if (layer instanceof LayerSpec.Convolution conv) {
                int shrink = conv.kernel() - 1 - 2 * conv.padding();
                ImageShape out = new ImageShape(conv.filters(), shape.height() - shrink, shape.width() - shrink);
                values = activate(
                        convolve(values, shape, out, conv, parameters.get(next++), parameters.get(next++)),
                        conv.activation());
                shape = out;
            } else if (layer instanceof LayerSpec.MaxPooling pool) {
                ImageShape out =
                        new ImageShape(shape.channels(), shape.height() / pool.size(), shape.width() / pool.size());
                values = pool(values, shape, out, pool.size());
                shape = out;
            } else if (layer instanceof LayerSpec.Dense dense) {
                values = activate(multiply(values, parameters.get(next++), parameters.get(next++)), dense.activation());
            } else if (layer instanceof LayerSpec.SoftmaxOutput) {
                values = softmax(multiply(values, parameters.get(next++), parameters.get(next++)));
            }
        }
        return values;
    }

    private static double[] convolve(
            double[] in, ImageShape shape, ImageShape out, LayerSpec.Convolution conv, double[] kernel, double[] bias) {
        double[] values = new double[out.size()];
        int size = conv.kernel();
        for (int i = 0; i < values.length; i++) {
            int filter = i / (out.height() * out.width());
            int row = i / out.width() % out.height() - conv.padding();
            int column = i % out.width() - conv.padding();
            double sum = bias[filter];
            for (int k = 0; k < shape.channels() * size * size; k++) {
                int y = row + k / size % size;
                int x = column + k % size;
                if (y >= 0 && y < shape.height() && x >= 0 && x < shape.width()) {
                    sum += kernel[filter * shape.channels() * size * size + k]
                            * in[(k / (size * size) * shape.height() + y) * shape.width() + x];
                }
            }
            values[i] = sum;
        }
        return values;
    }

    private static double[] pool(double[] in, ImageShape shape, ImageShape out, int size) {
        double[] values = new double[out.size()];
        for (int i = 0; i < values.length; i++) {
            int channel = i / (out.height() * out.width());
            int row = i / out.width() % out.height() * size;
            int column = i % out.width() * size;
            double most = Double.NEGATIVE_INFINITY;
            for (int k = 0; k < size * size; k++) {
                most = Math.max(
                        most, in[(channel * shape.height() + row + k / size) * shape.width() + column + k % size]);
            }
            values[i] = most;
        }
        return values;
    }

    private static double[] multiply(double[] in, double[] kernel, double[] bias) {
        double[] values = bias.clone();
        for (int i = 0; i < in.length; i++) {
            for (int j = 0; j < values.length; j++) {
                values[j] += in[i] * kernel[i * values.length + j];
            }
        }
        return values;
    }

    private static double[] softmax(double[] logits) {
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit);
        }
        double[] values = new double[logits.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.exp(logits[i]) / sum;
        }
        return values;
    }

    private static double[] activate(double[] values, Activation activation) {
        for (int i = 0; i < values.length; i++) {
            values[i] = activate(values[i], activation);
        }
        return values;
    }

    private static double activate(double x, Activation activation) {
        return switch (activation) {
            case RELU -> Math.max(0, x);
            case TANH -> Math.tanh(x);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case ELU -> x > 0 ? x : Math.expm1(x);
            case SELU -> SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x));
            case LEAKY_RELU -> x > 0 ? x : 0.01 * x;
            case SOFTPLUS -> Math.log1p(Math.exp(x));
            case SOFTSIGN -> x / (1 + Math.abs(x));
            case LINEAR -> x;
        };
    }
}
