package dev.trainyard.engine.vector;

import dev.trainyard.engine.Seeds;
import dev.trainyard.engine.onnx.OnnxExporter;
import dev.trainyard.network.Activation;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The layers of a network in order, without the softmax at its end. */
final class VectorNetwork {
    private final Kernels kernels;
    private final Parameters parameters = new Parameters();
    private final List<Layer> layers = new ArrayList<>();
    private final boolean trained;
    private final Layout input;
    private final SoftmaxLoss loss;

    VectorNetwork(NetworkSpec spec, Kernels kernels) {
        this(spec, kernels, null, true);
    }

    /**
     * @param shared whose weights this network uses too; null for weights of its own
     * @param trained false to leave out dropout and all that only gradients need
     */
    private VectorNetwork(NetworkSpec spec, Kernels kernels, @Nullable Parameters shared, boolean trained) {
        this.kernels = kernels;
        this.trained = trained;
        this.input = Layout.image(spec.input());
        Layout shape = input;
        List<LayerSpec> specs = spec.layers();
        for (int i = 0; i < specs.size(); i++) {
            LayerSpec next = i + 1 < specs.size() ? specs.get(i + 1) : specs.get(i);
            boolean pooled = specs.get(i) instanceof LayerSpec.Convolution && next instanceof LayerSpec.MaxPooling;
            add(specs.get(i), pooled ? ((LayerSpec.MaxPooling) next).size() : 1, shape);
            i += pooled ? 1 : 0;
            shape = layers.isEmpty() ? input : layers.get(layers.size() - 1).out;
        }
        boolean weightsBefore = false;
        for (Layer layer : layers) {
            if (trained && weightsBefore) {
                layer.needInputGradient();
            }
            weightsBefore |= layer instanceof Layer.Weighted;
        }
        if (shared == null) {
            parameters.allocate();
        } else {
            parameters.share(shared, trained);
        }
        this.loss = new SoftmaxLoss(shape);
    }

    /** Returns a network with the same weights and other arrays. */
    VectorNetwork replica(NetworkSpec spec, Kernels otherKernels) {
        return new VectorNetwork(spec, otherKernels, parameters, true);
    }

    /** Returns a network with the same weights that only computes outputs, for another thread. */
    VectorNetwork forEvaluation(NetworkSpec spec, Kernels otherKernels) {
        return new VectorNetwork(spec, otherKernels, parameters, false);
    }

    private void add(LayerSpec spec, int pool, Layout shape) {
        if (spec instanceof LayerSpec.Convolution conv) {
            layers.add(new ConvolutionLayer(
                    kernels,
                    parameters,
                    shape,
                    conv.filters(),
                    conv.kernel(),
                    conv.padding(),
                    pool,
                    conv.activation()));
        } else if (spec instanceof LayerSpec.MaxPooling pooling) {
            layers.add(new MaxPoolingLayer(shape, pooling.size()));
        } else if (spec instanceof LayerSpec.Dropout dropout) {
            if (trained) {
                layers.add(new DropoutLayer(kernels, shape, dropout.rate()));
            }
        } else {
            Layout units = shape;
            if (spec instanceof LayerSpec.Flatten || shape.height() * shape.width() > 1) {
                layers.add(new FlattenLayer(shape));
                units = layers.get(layers.size() - 1).out;
            }
            if (spec instanceof LayerSpec.Dense dense) {
                layers.add(new DenseLayer(kernels, parameters, units, dense.units(), dense.activation()));
            } else if (spec instanceof LayerSpec.SoftmaxOutput output) {
                layers.add(new DenseLayer(kernels, parameters, units, output.classes(), Activation.LINEAR));
            }
        }
    }

    void initialize(long seed) {
        int number = 0;
        for (Layer.Weighted layer : weighted()) {
            layer.initialize(new Random(Seeds.mix(seed, number++)));
        }
    }

    private List<Layer.Weighted> weighted() {
        List<Layer.Weighted> found = new ArrayList<>();
        for (Layer layer : layers) {
            if (layer instanceof Layer.Weighted weighted) {
                found.add(weighted);
            }
        }
        return found;
    }

    /** Computes the logits of {@code samples} samples, with dropout if {@code random} is not null. */
    float[] forward(float[] pixels, int samples, @Nullable SplittableRandom random) {
        float[] x = pixels;
        for (Layer layer : layers) {
            if (layer instanceof DropoutLayer dropout) {
                if (random == null) {
                    dropout.passAll(samples);
                } else {
                    dropout.draw(random, samples);
                }
            }
            layer.forward(x, samples);
            x = layer.output;
        }
        return x;
    }

    /** Adds the gradients of all parameters, after {@link #forward} and {@link SoftmaxLoss#compute}. */
    void backward(float[] pixels, int samples) {
        float[] gradient = loss.gradient;
        for (int i = layers.size() - 1; i >= 0; i--) {
            Layer layer = layers.get(i);
            float[] from = i == 0 ? pixels : layers.get(i - 1).output;
            layer.backward(from, gradient, samples);
            if (!layer.needsInputGradient()) {
                return;
            }
            gradient = layer.inputGradient;
        }
    }

    Layout input() {
        return input;
    }

    SoftmaxLoss loss() {
        return loss;
    }

    Parameters parameters() {
        return parameters;
    }

    /** Weights and biases of all layers that have them. */
    List<OnnxExporter.Weights> weights() {
        return weighted().stream().map(Layer.Weighted::weights).toList();
    }
}
