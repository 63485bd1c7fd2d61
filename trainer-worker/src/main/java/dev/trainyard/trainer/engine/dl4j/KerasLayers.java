package dev.trainyard.trainer.engine.dl4j;

import dev.trainyard.network.Activation;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import dev.trainyard.trainer.engine.RejectedModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Says a chain of DL4J's layers, as its import of Keras makes them, in our layers. */
final class KerasLayers {
    private static final String KNOWN =
            "known are Conv2D with stride 1, MaxPooling2D, Flatten, Dense, Dropout and Activation";

    private final List<LayerSpec> specs = new ArrayList<>();
    private final List<INDArray[]> parameters = new ArrayList<>();
    private final int classes;
    private int channels;
    private int height;
    private int width;
    private boolean flat;
    /** Whether rows of the first dense layer are in Keras' order: row, column, channel. */
    private boolean channelsLast;
    /** Whether the chain ends with logits, so that the softmax is ours. */
    private boolean endsWithLogits;

    private KerasLayers(ImageShape input, int classes) {
        this.channels = input.channels();
        this.height = input.height();
        this.width = input.width();
        this.classes = classes;
    }

    /**
     * @param parameters kernel and bias of each of our layers that has them, in our order
     * @param endsWithLogits whether the file's own answers are no probabilities yet
     */
    record Translated(NetworkSpec spec, List<INDArray[]> parameters, boolean endsWithLogits) {}

    static Translated translate(Layer[] layers, ImageShape input, int classes) throws RejectedModelException {
        KerasLayers chain = new KerasLayers(input, classes);
        for (Layer layer : layers) {
            chain.add(layer);
        }
        chain.end();
        return new Translated(new NetworkSpec(input, chain.specs), chain.parameters, chain.endsWithLogits);
    }

    private void add(Layer layer) throws RejectedModelException {
        var conf = layer.conf().getLayer();
        if (!specs.isEmpty() && last() instanceof LayerSpec.SoftmaxOutput && !(conf instanceof LossLayer)) {
            throw rejected(conf, "stands behind the softmax; that must come last");
        }
        if (conf.getClass() == ConvolutionLayer.class) {
            convolution((ConvolutionLayer) conf, layer);
        } else if (conf.getClass() == SubsamplingLayer.class) {
            pooling((SubsamplingLayer) conf);
        } else if (conf.getClass() == DenseLayer.class || conf.getClass() == OutputLayer.class) {
            dense((BaseLayer) conf, layer);
        } else if (conf instanceof ActivationLayer activation) {
            activate(activation.getActivationFn(), activation);
        } else if (conf instanceof LossLayer loss) {
            activate(loss.getActivationFn(), loss);
        } else if (!(conf instanceof DropoutLayer)) { // which is off outside of training
            throw rejected(conf, "cannot be taken over; " + KNOWN);
        }
    }

    private void convolution(ConvolutionLayer conf, Layer layer) throws RejectedModelException {
        int[] kernel = conf.getKernelSize();
        boolean same = conf.getConvolutionMode() == ConvolutionMode.Same;
        if (kernel[0] != kernel[1]
                || !isAll(conf.getStride(), 1)
                || !isAll(conf.getDilation(), 1)
                || same && kernel[0] % 2 == 0
                || !same && !isAll(conf.getPadding(), 0)
                || flat) {
            throw rejected(conf, "is no convolution with a square kernel, stride 1 and no dilation; " + KNOWN);
        }
        int padding = same ? kernel[0] / 2 : 0;
        channelsLast = conf.getCnn2dDataFormat() == CNN2DFormat.NHWC;
        channels = (int) conf.getNOut();
        height += 2 * padding - kernel[0] + 1;
        width += 2 * padding - kernel[0] + 1;
        specs.add(new LayerSpec.Convolution(channels, kernel[0], padding, activation(conf.getActivationFn(), conf)));
        keep(layer.getParam("W"), layer.getParam("b"), channels);
    }

    private void pooling(SubsamplingLayer conf) throws RejectedModelException {
        int[] size = conf.getKernelSize();
        boolean same = conf.getConvolutionMode() == ConvolutionMode.Same;
        if (conf.getPoolingType() != PoolingType.MAX
                || size[0] != size[1]
                || !Arrays.equals(size, conf.getStride())
                || !same && !isAll(conf.getPadding(), 0)
                || same && (height % size[0] != 0 || width % size[0] != 0)
                || flat) {
            throw rejected(conf, "is no maximum over squares that touch and lie within the picture; " + KNOWN);
        }
        height /= size[0];
        width /= size[0];
        specs.add(new LayerSpec.MaxPooling(size[0]));
    }

    private void dense(BaseLayer conf, Layer layer) throws RejectedModelException {
        INDArray kernel = layer.getParam("W");
        if (!flat) {
            flat = true;
            specs.add(new LayerSpec.Flatten());
            if (kernel.size(0) != (long) channels * height * width) {
                throw rejected(
                        conf,
                        "takes %d values, and the picture has %d here; a Flatten must stand before it"
                                .formatted(kernel.size(0), channels * height * width));
            }
            if (channelsLast) {
                kernel = kernel.dup('c')
                        .reshape('c', height, width, channels, kernel.size(1))
                        .permute(2, 0, 1, 3)
                        .dup('c')
                        .reshape('c', kernel.size(0), kernel.size(1));
            }
        }
        int units = (int) kernel.size(1);
        IActivation function = conf.getActivationFn();
        if (function instanceof ActivationSoftmax) {
            specs.add(new LayerSpec.SoftmaxOutput(units));
        } else {
            specs.add(new LayerSpec.Dense(units, activation(function, conf)));
        }
        keep(kernel, layer.getParam("b"), units);
    }

    /** An activation that Keras has as a layer of its own belongs to the layer before it. */
    private void activate(IActivation function, org.deeplearning4j.nn.conf.layers.Layer conf)
            throws RejectedModelException {
        if (function instanceof ActivationIdentity) {
            return;
        }
        if (!specs.isEmpty() && last() instanceof LayerSpec.SoftmaxOutput && function instanceof ActivationSoftmax) {
            return; // DL4J's loss repeats what the layer before it did
        }
        int at = specs.size() - 1;
        if (at >= 0 && specs.get(at) instanceof LayerSpec.Dense dense && dense.activation() == Activation.LINEAR) {
            specs.set(
                    at,
                    function instanceof ActivationSoftmax
                            ? new LayerSpec.SoftmaxOutput(dense.units())
                            : new LayerSpec.Dense(dense.units(), activation(function, conf)));
        } else if (at >= 0 && specs.get(at) instanceof LayerSpec.Convolution c && c.activation() == Activation.LINEAR) {
            specs.set(at, new LayerSpec.Convolution(c.filters(), c.kernel(), c.padding(), activation(function, conf)));
        } else {
            throw rejected(conf, "stands behind no layer without activation; " + KNOWN);
        }
    }

    /** What has no softmax of its own gives logits. */
    private void end() throws RejectedModelException {
        int at = specs.size() - 1;
        if (at >= 0 && specs.get(at) instanceof LayerSpec.Dense dense && dense.activation() == Activation.LINEAR) {
            specs.set(at, new LayerSpec.SoftmaxOutput(dense.units()));
            endsWithLogits = true;
        }
        if (at < 0 || !(specs.get(at) instanceof LayerSpec.SoftmaxOutput output)) {
            throw new RejectedModelException(
                    "The model does not end with a dense layer of softmax or of no activation; let it end with one.");
        }
        if (output.classes() != classes) {
            throw new RejectedModelException("The model tells %d classes apart; %d are wanted, one for each digit."
                    .formatted(output.classes(), classes));
        }
    }

    private LayerSpec last() {
        return specs.get(specs.size() - 1);
    }

    private void keep(INDArray kernel, INDArray bias, int outputs) {
        parameters.add(new INDArray[] {kernel, bias == null ? Nd4j.zeros(1, outputs) : bias});
    }

    private static Activation activation(IActivation function, org.deeplearning4j.nn.conf.layers.Layer conf)
            throws RejectedModelException {
        for (Activation known : Activation.values()) {
            // equal with its constants, such as the slope of a leaky ReLU
            if (LayerConfigurations.activation(known).getActivationFunction().equals(function)) {
                return known;
            }
        }
        throw rejected(
                conf,
                "has the activation %s; known are %s"
                        .formatted(
                                function, Arrays.toString(Activation.values()).toLowerCase(java.util.Locale.ROOT)));
    }

    private static boolean isAll(int[] values, int wanted) {
        return Arrays.stream(values).allMatch(value -> value == wanted);
    }

    private static RejectedModelException rejected(org.deeplearning4j.nn.conf.layers.Layer layer, String why) {
        return new RejectedModelException(
                "Layer %s (%s) %s. Change the model, or export it as ONNX (tf2onnx) and import that."
                        .formatted(layer.getLayerName(), layer.getClass().getSimpleName(), why));
    }
}
