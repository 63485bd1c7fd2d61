package dev.trainyard.trainer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.engine.onnx.OnnxProtos;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.onnx.RejectedModelException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Converts a chain of Keras layers to ONNX operators. Image tensors have ONNX' axis order (channel, row, column)
 * independent of Keras'; flattening produces Keras' order.
 */
final class KerasLayers {
    static final String ONNX_INSTEAD = "export it as ONNX (tf2onnx) and import that";

    /** Layers without effect outside of training. */
    private static final Set<String> TRAINING_ONLY = Set.of(
            "Dropout",
            "SpatialDropout2D",
            "AlphaDropout",
            "GaussianDropout",
            "GaussianNoise",
            "ActivityRegularization",
            "InputLayer");

    private static final String KNOWN =
            "known are Conv2D, DepthwiseConv2D, SeparableConv2D, MaxPooling2D, AveragePooling2D, their Global forms, ZeroPadding2D, Flatten, Reshape, Dense, BatchNormalization, Rescaling, Dropout and noise, Activation, ReLU, LeakyReLU, ELU, PReLU, ThresholdedReLU and Softmax";

    private static final String CHANNELS_FIRST = "channels_first";

    private final List<KerasLayer> layers;
    private final KerasFile file;
    private final OnnxChainBuilder chain;
    private final KerasActivations activations;
    private final KerasConvolutions convolutions;
    private KerasTensor tensor;

    private KerasLayers(List<KerasLayer> layers, KerasFile file, ImageShape shape, long[] input) {
        this.layers = layers;
        this.file = file;
        this.chain = new OnnxChainBuilder(shape);
        this.activations = new KerasActivations(chain);
        this.convolutions = new KerasConvolutions(chain);
        boolean channelsFirst = input.length == 3 && input[0] == shape.channels() && input[2] != shape.channels();
        this.tensor = new KerasTensor(shape.channels(), shape.height(), shape.width(), channelsFirst);
        if (input.length == 1) {
            flatten();
        }
    }

    static byte[] translate(List<KerasLayer> layers, KerasFile file, ImageShape shape, int classes)
            throws RejectedModelException {
        long[] input = inputShape(layers);
        requireTakes(input, shape);
        KerasLayers chain = new KerasLayers(layers, file, shape, input);
        for (KerasLayer layer : layers) {
            chain.add(layer);
        }
        return chain.end(classes);
    }

    /** Extents of one image. */
    static long[] inputShape(List<KerasLayer> layers) throws RejectedModelException {
        for (KerasLayer layer : layers) {
            JsonNode shape = layer.config().path("batch_input_shape");
            if (shape.isArray() && shape.size() > 1) {
                return StreamSupport.stream(shape.spliterator(), false)
                        .skip(1)
                        .mapToLong(JsonNode::asLong)
                        .toArray();
            }
        }
        throw new RejectedModelException(
                "The model does not state its input shape; give its first layer an input_shape, such as (28, 28, 1).");
    }

    private static void requireTakes(long[] input, ImageShape shape) throws RejectedModelException {
        List<long[]> possible = List.of(
                new long[] {shape.height(), shape.width(), shape.channels()},
                new long[] {shape.channels(), shape.height(), shape.width()},
                new long[] {shape.height(), shape.width()},
                new long[] {shape.size()});
        if (possible.stream().noneMatch(form -> Arrays.equals(form, input))) {
            throw new RejectedModelException("The model takes images of shape %s; expected (%d, %d, %d)."
                    .formatted(Arrays.toString(input), shape.height(), shape.width(), shape.channels()));
        }
    }

    private void add(KerasLayer layer) throws RejectedModelException {
        if (TRAINING_ONLY.contains(layer.type())) {
            return;
        }
        switch (layer.type()) {
            case "Conv2D", "Convolution2D", "DepthwiseConv2D", "SeparableConv2D", "SeparableConvolution2D" -> {
                tensor = convolutions.convolution(layer, file.weights(layer.name()), tensor);
                activate(layer);
            }
            case "MaxPooling2D", "MaxPool2D", "AveragePooling2D", "AvgPool2D" ->
                tensor = convolutions.pooling(layer, tensor);
            case "GlobalAveragePooling2D", "GlobalMaxPooling2D" -> tensor = convolutions.global(layer, tensor);
            case "ZeroPadding2D" -> tensor = convolutions.padding(layer, tensor);
            case "Flatten" -> {
                if (layer.text("data_format", "").equals(CHANNELS_FIRST) && !tensor.isVector()) {
                    flattenFirstAxisLast();
                } else {
                    flatten();
                }
            }
            case "Reshape" -> reshape(layer);
            case "Dense" -> {
                dense(layer);
                activate(layer);
            }
            case "BatchNormalization" -> normalise(layer);
            case "Rescaling" -> {
                chain.then("Mul", chain.constant(layer.number("scale", 1)));
                chain.then("Add", chain.constant(layer.number("offset", 0)));
            }
            case "PReLU" -> {
                INDArray slope = weight(layer, file.weights(layer.name()), "alpha");
                chain.then("PRelu", tensor.perValue(chain, layer, slope));
            }
            default -> {
                requireVector(layer, layer.type().equals("Softmax") || isSoftmax(layer));
                if (!activations.addLayer(layer)) {
                    throw layer.rejected("is not supported; " + KNOWN);
                }
            }
        }
    }

    private void activate(KerasLayer layer) throws RejectedModelException {
        requireVector(layer, isSoftmax(layer));
        activations.add(layer);
    }

    private static boolean isSoftmax(KerasLayer layer) {
        JsonNode activation = layer.get("activation");
        return activation.asText().equals("softmax")
                || activation.path("config").asText().equals("softmax");
    }

    private void requireVector(KerasLayer layer, boolean wanted) throws RejectedModelException {
        if (wanted && !tensor.isVector()) {
            throw layer.rejected("computes a softmax of an image; insert a Flatten before it");
        }
    }

    private static INDArray weight(KerasLayer layer, Map<String, INDArray> weights, String name)
            throws RejectedModelException {
        return KerasConvolutions.weight(layer, weights, name);
    }

    /** Flattens the values in Keras' order. */
    private void flatten() {
        if (tensor.isVector()) {
            return;
        }
        if (!tensor.channelsFirst()) {
            tensor.lastChannel(chain);
        }
        chain.then("Flatten");
        tensor = KerasTensor.vector(tensor.size());
    }

    /** Flattens like Keras with data_format = channels_first: the first axis becomes the last, whatever it is. */
    private void flattenFirstAxisLast() {
        if (tensor.channelsFirst()) {
            tensor.lastChannel(chain);
        } else {
            // Keras has (row, column, channel) and flattens (column, channel, row)
            chain.then("Transpose").addAttribute(OnnxProtos.integers("perm", 0, 3, 1, 2));
        }
        chain.then("Flatten");
        tensor = KerasTensor.vector(tensor.size());
    }

    private void reshape(KerasLayer layer) throws RejectedModelException {
        long[] target = StreamSupport.stream(layer.get("target_shape").spliterator(), false)
                .mapToLong(JsonNode::asLong)
                .toArray();
        long known = LongStream.of(target).filter(extent -> extent > 0).reduce(1, (a, b) -> a * b);
        for (int i = 0; i < target.length; i++) {
            target[i] = target[i] == -1 ? tensor.size() / Math.max(1, known) : target[i];
        }
        boolean positive = LongStream.of(target).allMatch(extent -> extent > 0);
        if (!positive || LongStream.of(target).reduce(1, (a, b) -> a * b) != tensor.size()) {
            throw layer.rejected("makes %s of %d values".formatted(layer.get("target_shape"), tensor.size()));
        }
        if (target.length != 1 && target.length != 3) {
            throw layer.rejected("produces %s; expected one or three dimensions".formatted(layer.get("target_shape")));
        }
        boolean channelsFirst = target.length == 3 && isChannelsFirstAfter(layer, target);
        if (tensor.isSame(target, channelsFirst)) {
            return;
        }
        flatten();
        if (target.length == 1) {
            return;
        }
        chain.then("Reshape", chain.integers(-1, target[0], target[1], target[2]));
        if (channelsFirst) {
            tensor = new KerasTensor((int) target[0], (int) target[1], (int) target[2], true);
        } else {
            chain.then("Transpose").addAttribute(OnnxProtos.integers("perm", 0, 3, 1, 2));
            tensor = new KerasTensor((int) target[2], (int) target[0], (int) target[1], false);
        }
    }

    /** The next layer with a data format determines which of three extents are the channels. */
    private boolean isChannelsFirstAfter(KerasLayer reshape, long[] target) {
        for (KerasLayer next : layers.subList(layers.indexOf(reshape) + 1, layers.size())) {
            if (next.type().equals("Reshape") || next.type().equals("Flatten")) {
                break; // the data_format of a Flatten describes its operation, not its input
            }
            if (next.has("data_format")) {
                return next.text("data_format", "").equals(CHANNELS_FIRST);
            }
        }
        return target[0] == 1 && target[2] != 1;
    }

    private void dense(KerasLayer layer) throws RejectedModelException {
        Map<String, INDArray> weights = file.weights(layer.name());
        INDArray kernel = weight(layer, weights, "kernel");
        if (!tensor.isVector()) {
            throw layer.rejected("needs a vector; insert a Flatten before it");
        }
        if (kernel.rank() != 2 || kernel.size(0) != tensor.size()) {
            throw layer.rejected(
                    "has weights for %d values, but its input has %d".formatted(kernel.size(0), tensor.size()));
        }
        String w = chain.constant(KerasTensor.floats(kernel), kernel.size(0), kernel.size(1));
        if (layer.flag("use_bias", true)) {
            INDArray bias = weight(layer, weights, "bias");
            chain.then("Gemm", w, chain.constant(KerasTensor.floats(bias), bias.length()));
        } else {
            chain.then("MatMul", w);
        }
        tensor = KerasTensor.vector((int) kernel.size(1));
    }

    private void normalise(KerasLayer layer) throws RejectedModelException {
        JsonNode given = layer.get("axis");
        int axis = (given.isArray() ? given.path(0) : given).asInt(-1);
        int channel = tensor.isVector() || tensor.channelsFirst() ? 1 : 3;
        boolean last = axis == -1 && (tensor.isVector() || channel == 3);
        if (given.isArray() && given.size() != 1 || axis != channel && !last) {
            throw layer.rejected("normalizes over axis %s; only the channels are supported".formatted(given));
        }
        Map<String, INDArray> weights = file.weights(layer.name());
        float[] mean = KerasTensor.floats(weight(layer, weights, "moving_mean"));
        float[] variance = KerasTensor.floats(weight(layer, weights, "moving_variance"));
        float[] gamma = layer.flag("scale", true)
                ? KerasTensor.floats(weight(layer, weights, "gamma"))
                : filled(mean.length, 1);
        float[] beta = layer.flag("center", true)
                ? KerasTensor.floats(weight(layer, weights, "beta"))
                : filled(mean.length, 0);
        if (mean.length != (tensor.isVector() ? tensor.size() : tensor.channels())) {
            throw layer.rejected("has %d means for %d channels".formatted(mean.length, tensor.channels()));
        }
        chain.then(
                        "BatchNormalization",
                        chain.constant(gamma, gamma.length),
                        chain.constant(beta, beta.length),
                        chain.constant(mean, mean.length),
                        chain.constant(variance, variance.length))
                .addAttribute(OnnxProtos.number("epsilon", (float) layer.number("epsilon", 1e-3)));
    }

    private static float[] filled(int length, float value) {
        float[] values = new float[length];
        Arrays.fill(values, value);
        return values;
    }

    private byte[] end(int classes) throws RejectedModelException {
        if (!tensor.isVector()) {
            throw new RejectedModelException(
                    "The model ends with an image of %d channels; end it with a Flatten and a Dense of %d, softmax or logits."
                            .formatted(tensor.channels(), classes));
        }
        if (tensor.size() != classes) {
            throw new RejectedModelException(
                    "The model has %d classes; expected %d, one per digit.".formatted(tensor.size(), classes));
        }
        return chain.model(classes);
    }
}
