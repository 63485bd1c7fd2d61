package dev.trainyard.network;

import dev.trainyard.network.LayerSpec.Convolution;
import dev.trainyard.network.LayerSpec.Dense;
import dev.trainyard.network.LayerSpec.MaxPooling;
import dev.trainyard.network.LayerSpec.SoftmaxOutput;

/**
 * Size of a network, computed from its layers.
 *
 * @param parameters weights and biases
 * @param multiplyAdds multiply-add operations of the forward pass for one image
 * @param activations output values of all layers for one image
 */
public record NetworkSize(long parameters, long multiplyAdds, long activations) {

    public static NetworkSize of(NetworkSpec spec) {
        long parameters = 0;
        long multiplyAdds = 0;
        long activations = 0;
        ImageShape shape = spec.input();
        for (LayerSpec layer : spec.layers()) {
            ImageShape out = after(shape, layer);
            long weights = weights(shape, layer);
            parameters += weights == 0 ? 0 : weights + out.channels();
            // A convolution uses each weight once per output pixel; the output of a dense layer counts as one pixel.
            multiplyAdds += weights * out.height() * out.width();
            activations += out.size();
            shape = out;
        }
        return new NetworkSize(parameters, multiplyAdds, activations);
    }

    private static ImageShape after(ImageShape in, LayerSpec layer) {
        if (layer instanceof Convolution convolution) {
            int shrink = convolution.kernel() - 1 - 2 * convolution.padding();
            return new ImageShape(convolution.filters(), in.height() - shrink, in.width() - shrink);
        } else if (layer instanceof MaxPooling pooling) {
            return new ImageShape(in.channels(), in.height() / pooling.size(), in.width() / pooling.size());
        } else if (layer instanceof LayerSpec.Flatten) {
            return new ImageShape(in.size(), 1, 1);
        } else if (layer instanceof Dense dense) {
            return new ImageShape(dense.units(), 1, 1);
        } else if (layer instanceof SoftmaxOutput output) {
            return new ImageShape(output.classes(), 1, 1);
        }
        return in;
    }

    private static long weights(ImageShape in, LayerSpec layer) {
        if (layer instanceof Convolution convolution) {
            return (long) in.channels() * convolution.kernel() * convolution.kernel() * convolution.filters();
        } else if (layer instanceof Dense dense) {
            return (long) in.size() * dense.units();
        } else if (layer instanceof SoftmaxOutput output) {
            return (long) in.size() * output.classes();
        }
        return 0;
    }
}
