package dev.trainyard.trainer.keras;

import ai.onnx.proto.OnnxMl.NodeProto;
import com.fasterxml.jackson.databind.JsonNode;
import dev.trainyard.engine.onnx.OnnxProtos;
import dev.trainyard.trainer.onnx.RejectedModelException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Converts Keras image layers to ONNX operators. */
final class KerasConvolutions {
    private final OnnxChainBuilder chain;

    KerasConvolutions(OnnxChainBuilder chain) {
        this.chain = chain;
    }

    /** Convolution and pooling windows; paddings are those of TensorFlow. */
    private record Windows(int[] size, int[] strides, int[] dilation, boolean same) {
        static Windows of(KerasLayer layer, int[] size, int[] strides) throws RejectedModelException {
            String padding = layer.text("padding", "valid");
            if (!padding.equals("same") && !padding.equals("valid")) {
                throw layer.rejected("has padding = %s; supported are same and valid".formatted(padding));
            }
            return new Windows(size, strides, layer.pair("dilation_rate", 1), padding.equals("same"));
        }

        private int reach(int axis) {
            return (size[axis] - 1) * dilation[axis] + 1;
        }

        int after(int extent, int axis) {
            int covered = same ? extent : extent - reach(axis) + 1;
            return Math.floorDiv(covered + strides[axis] - 1, strides[axis]);
        }

        private int padding(int extent, int axis) {
            return same ? Math.max(0, (after(extent, axis) - 1) * strides[axis] + reach(axis) - extent) : 0;
        }

        void describe(NodeProto.Builder node, KerasTensor given, boolean dilated) {
            int rows = padding(given.height(), 0);
            int columns = padding(given.width(), 1);
            node.addAttribute(OnnxProtos.integers("kernel_shape", size[0], size[1]))
                    .addAttribute(OnnxProtos.integers("strides", strides[0], strides[1]))
                    .addAttribute(
                            OnnxProtos.integers("pads", rows / 2, columns / 2, rows - rows / 2, columns - columns / 2));
            if (dilated) {
                node.addAttribute(OnnxProtos.integers("dilations", dilation[0], dilation[1]));
            }
        }

        KerasTensor after(KerasLayer layer, KerasTensor given, int channels) throws RejectedModelException {
            KerasTensor result = given.of(channels, after(given.height(), 0), after(given.width(), 1));
            if (result.height() < 1 || result.width() < 1) {
                throw layer.rejected("reduces an image of %d×%d to nothing".formatted(given.height(), given.width()));
            }
            return result;
        }
    }

    static INDArray weight(KerasLayer layer, Map<String, INDArray> weights, String name) throws RejectedModelException {
        INDArray weight = weights.get(name);
        if (weight == null) {
            throw layer.rejected("has no weights %s in the file".formatted(name));
        }
        return weight;
    }

    KerasTensor convolution(KerasLayer layer, Map<String, INDArray> weights, KerasTensor given)
            throws RejectedModelException {
        requireImage(layer, given);
        KerasTensor after = given;
        if (!layer.type().startsWith("Conv")) {
            boolean separable = layer.type().startsWith("Separable");
            INDArray kernel = kernel(layer, weights, "depthwise_kernel", given.channels());
            int filters = (int) (kernel.size(2) * kernel.size(3));
            // Keras' output index is channel * multiplier + number, as in ONNX with a group for each channel
            INDArray inOrder =
                    kernel.permute(2, 3, 0, 1).dup('c').reshape('c', filters, 1, kernel.size(0), kernel.size(1));
            after = convolve(
                    layer, inOrder, separable ? null : bias(layer, weights), after, filters, given.channels(), true);
            if (!separable) {
                return after;
            }
        }
        String name = layer.type().startsWith("Conv") ? "kernel" : "pointwise_kernel";
        int groups = layer.type().startsWith("Conv") ? layer.integer("groups", 1) : 1;
        if (groups < 1 || after.channels() % groups != 0) {
            throw layer.rejected("has groups = %d for %d channels".formatted(groups, after.channels()));
        }
        INDArray kernel = kernel(layer, weights, name, after.channels() / groups);
        boolean sliding = layer.type().startsWith("Conv");
        return convolve(
                layer, kernel.permute(3, 2, 0, 1), bias(layer, weights), after, (int) kernel.size(3), groups, sliding);
    }

    private static INDArray kernel(KerasLayer layer, Map<String, INDArray> weights, String name, int channels)
            throws RejectedModelException {
        INDArray kernel = weight(layer, weights, name);
        if (kernel.rank() != 4 || kernel.size(2) != channels) {
            throw layer.rejected("has weights of shape %s for %d channels"
                    .formatted(java.util.Arrays.toString(kernel.shape()), channels));
        }
        return kernel;
    }

    private static @Nullable INDArray bias(KerasLayer layer, Map<String, INDArray> weights)
            throws RejectedModelException {
        return layer.flag("use_bias", true) ? weight(layer, weights, "bias") : null;
    }

    /** @param sliding true if the layer's strides, dilation and padding apply */
    private KerasTensor convolve(
            KerasLayer layer,
            INDArray kernel,
            @Nullable INDArray bias,
            KerasTensor given,
            int filters,
            int groups,
            boolean sliding)
            throws RejectedModelException {
        int[] one = {1, 1};
        int[] size = {(int) kernel.size(2), (int) kernel.size(3)};
        Windows windows =
                sliding ? Windows.of(layer, size, layer.pair("strides", 1)) : new Windows(one, one, one, false);
        String w = chain.constant(KerasTensor.floats(kernel), kernel.shape());
        NodeProto.Builder conv = bias == null
                ? chain.then("Conv", w)
                : chain.then("Conv", w, chain.constant(KerasTensor.floats(bias), bias.length()));
        windows.describe(conv, given, true);
        conv.addAttribute(OnnxProtos.integer("group", groups));
        return windows.after(layer, given, filters);
    }

    KerasTensor pooling(KerasLayer layer, KerasTensor given) throws RejectedModelException {
        requireImage(layer, given);
        int[] size = layer.pair("pool_size", 2);
        Windows windows = Windows.of(layer, size, layer.has("strides") ? layer.pair("strides", 1) : size);
        windows.describe(chain.then(layer.type().startsWith("Max") ? "MaxPool" : "AveragePool"), given, false);
        return windows.after(layer, given, given.channels());
    }

    KerasTensor global(KerasLayer layer, KerasTensor given) throws RejectedModelException {
        requireImage(layer, given);
        chain.then(layer.type().equals("GlobalMaxPooling2D") ? "GlobalMaxPool" : "GlobalAveragePool");
        if (layer.flag("keepdims", false)) {
            return given.of(given.channels(), 1, 1);
        }
        chain.then("Flatten");
        return KerasTensor.vector(given.channels());
    }

    KerasTensor padding(KerasLayer layer, KerasTensor given) throws RejectedModelException {
        requireImage(layer, given);
        JsonNode padding = layer.get("padding");
        int[] sides = new int[4]; // top, left, bottom, right
        for (int axis = 0; axis < 2; axis++) {
            JsonNode both = padding.isArray() ? padding.path(axis) : padding;
            sides[axis] = (both.isArray() ? both.path(0) : both).asInt(1);
            sides[axis + 2] = (both.isArray() ? both.path(1) : both).asInt(1);
        }
        for (int side : sides) {
            if (side < 0 || side > given.size()) {
                throw layer.rejected("has padding = %s".formatted(padding));
            }
        }
        chain.then("Pad", chain.integers(0, 0, sides[0], sides[1], 0, 0, sides[2], sides[3]));
        return given.of(given.channels(), given.height() + sides[0] + sides[2], given.width() + sides[1] + sides[3]);
    }

    private static void requireImage(KerasLayer layer, KerasTensor given) throws RejectedModelException {
        if (given.isVector()) {
            throw layer.rejected("needs an image, but its input is a vector");
        }
        String own = given.channelsFirst() ? "channels_first" : "channels_last";
        String format = layer.text("data_format", own);
        if (!format.equals(own)) {
            throw layer.rejected("has data_format = %s, but its input is %s".formatted(format, own));
        }
    }
}
