package dev.trainyard.trainer.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnxruntime.OrtException;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.onnx.OnnxProtos;
import dev.trainyard.trust.TrustPack;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Quantizes convolutions and dense layers to 8-bit integers: {@code QuantizeLinear} and {@code DequantizeLinear}
 * around each, which ONNX Runtime fuses to integer kernels. Activations have one scale per tensor, measured on
 * training images; weights one per output. Logits and the outlier detector stay float32.
 */
public final class Int8Graph {
    /** Weight levels on each side of zero. AVX2 adds two products in 16 bits, which 127 would overflow. */
    private static final int WEIGHT_LEVELS = 63;

    private static final int ACTIVATION_LEVELS = 255;
    private static final Set<String> LAYERS = Set.of("Conv", "Gemm", "MatMul");
    /** Operators that only move values, so that the scale is unchanged. */
    private static final Set<String> MOVES = Set.of("MaxPool", "Flatten");

    private final GraphProto source;
    private final GraphProto.Builder target;
    private final Map<String, ActivationRanges.Range> ranges = new HashMap<>();
    private final Map<String, TensorProto> constants = new HashMap<>();
    /** Scale of each quantized tensor, and the name of its dequantized value. */
    private final Map<String, Quantised> quantised = new HashMap<>();

    private final Set<String> skipped = new HashSet<>();

    private record Quantised(String scale, String zero, float step, String name) {}

    private Int8Graph(GraphProto source) {
        this.source = source;
        this.target = source.toBuilder().clearNode();
        source.getInitializerList().forEach(tensor -> constants.put(tensor.getName(), tensor));
    }

    /**
     * @param onnx a model with float32 weights, opset 13 or newer
     * @param images calibration images for activations
     * @param step called regularly; an exception ends the work
     * @throws IllegalArgumentException if no layer can be quantized
     */
    public static byte[] of(byte[] onnx, ImageDataset images, Runnable step) throws OrtException {
        ModelProto.Builder model = OnnxProtos.parse(onnx);
        Int8Graph graph = new Int8Graph(model.getGraph());
        Set<String> tensors = graph.measured();
        if (tensors.isEmpty()) {
            throw new IllegalArgumentException("no layer of the model can compute with 8-bit integers");
        }
        graph.ranges.putAll(ActivationRanges.of(onnx, tensors, images, step));
        graph.write();
        return model.setGraph(graph.target).build().toByteArray();
    }

    /**
     * Inputs and outputs of the layers, after their ReLU. Other tensors, such as shapes, need no scale and may be
     * integers.
     */
    private Set<String> measured() {
        Set<String> tensors = new TreeSet<>();
        for (NodeProto node : source.getNodeList()) {
            if (isLayer(node)) {
                tensors.add(node.getInput(0));
                tensors.add(node.getOutput(0));
                relu(node.getOutput(0)).ifPresent(relu -> tensors.add(relu.getOutput(0)));
            }
        }
        return tensors;
    }

    private void write() {
        for (NodeProto node : source.getNodeList()) {
            if (skipped.contains(node.getName())) {
                continue;
            }
            if (node.getName().startsWith(EdgeDetectorGraph.PREFIX)) {
                target.addNode(node);
            } else if (isLayer(node)) {
                layer(node);
            } else if (MOVES.contains(node.getOpType()) && quantised.containsKey(node.getInput(0))) {
                Quantised input = quantised.get(node.getInput(0));
                target.addNode(node.toBuilder().setInput(0, input.name()).setOutput(0, unrounded(node.getOutput(0))));
                requantise(node.getOutput(0), input);
            } else {
                target.addNode(node);
            }
        }
        dropUnused();
    }

    /** Returns true if the operator is quantized. */
    private boolean isLayer(NodeProto node) {
        return LAYERS.contains(node.getOpType())
                && !node.getName().startsWith(EdgeDetectorGraph.PREFIX)
                && !constants.containsKey(node.getInput(0))
                && isPlain(node);
    }

    private void layer(NodeProto node) {
        Quantised input = quantise(node.getInput(0));
        NodeProto.Builder layer = node.toBuilder().setInput(0, input.name());
        float[] steps = weights(layer, channelAxis(node));
        if (node.getInputCount() > 2) {
            bias(layer, input.step(), steps);
        }
        String output = node.getOutput(0);
        Optional<NodeProto> relu = relu(output);
        if (relu.isPresent()) {
            // the quantized range starts at zero, which replaces the ReLU
            skipped.add(relu.get().getName());
            output = relu.get().getOutput(0);
        }
        if (output.equals(TrustPack.LOGITS)) {
            target.addNode(layer);
            return;
        }
        target.addNode(layer.setOutput(0, unrounded(output)));
        requantise(output, scale(output));
    }

    /** The only consumer of this tensor, if it is a ReLU. */
    private Optional<NodeProto> relu(String tensor) {
        List<NodeProto> takers = source.getNodeList().stream()
                .filter(node -> node.getInputList().contains(tensor))
                .toList();
        return takers.size() == 1 && takers.get(0).getOpType().equals("Relu")
                ? Optional.of(takers.get(0))
                : Optional.empty();
    }

    /** Returns true if weights and optional bias are constants of the usual form. */
    private boolean isPlain(NodeProto node) {
        TensorProto kernel = constants.get(node.getInput(1));
        boolean matrix = !node.getOpType().equals("Conv");
        if (kernel == null
                || kernel.getDataType() != DataType.FLOAT.getNumber()
                || matrix && kernel.getDimsCount() != 2) {
            return false;
        }
        for (String name : List.of("alpha", "beta")) {
            if (OnnxProtos.attribute(node, name).filter(a -> a.getF() != 1).isPresent()) {
                return false;
            }
        }
        if (OnnxProtos.attribute(node, "transA").filter(a -> a.getI() != 0).isPresent()) {
            return false;
        }
        TensorProto bias = node.getInputCount() > 2 ? constants.get(node.getInput(2)) : null;
        return node.getInputCount() < 3
                || bias != null && bias.getDimsCount() == 1 && bias.getDims(0) == kernel.getDims(channelAxis(node));
    }

    private static int channelAxis(NodeProto node) {
        if (node.getOpType().equals("Conv")) {
            return 0;
        }
        return OnnxProtos.attribute(node, "transB").filter(a -> a.getI() != 0).isPresent() ? 0 : 1;
    }

    /** Replaces the layer's weights by 8-bit weights; returns the step of each output. */
    private float[] weights(NodeProto.Builder layer, int axis) {
        TensorProto kernel = Objects.requireNonNull(constants.get(layer.getInput(1)));
        float[] values = OnnxProtos.floats(kernel);
        int channels = (int) kernel.getDims(axis);
        int stride = 1;
        for (int i = axis + 1; i < kernel.getDimsCount(); i++) {
            stride *= (int) kernel.getDims(i);
        }
        float[] steps = new float[channels];
        for (int i = 0; i < values.length; i++) {
            int channel = i / stride % channels;
            steps[channel] = Math.max(steps[channel], Math.abs(values[i]) / WEIGHT_LEVELS);
        }
        ByteBuffer bytes = OnnxProtos.buffer(values.length);
        for (int i = 0; i < values.length; i++) {
            float step = positive(steps, i / stride % channels);
            bytes.put((byte) Math.round(values[i] / step));
        }
        long[] shape = kernel.getDimsList().stream().mapToLong(Long::longValue).toArray();
        layer.setInput(1, constant(kernel.getName(), DataType.INT8, bytes, shape, steps, axis));
        return steps;
    }

    private void bias(NodeProto.Builder layer, float inputStep, float[] weightSteps) {
        TensorProto bias = Objects.requireNonNull(constants.get(layer.getInput(2)));
        float[] values = OnnxProtos.floats(bias);
        float[] steps = new float[values.length];
        ByteBuffer integers = OnnxProtos.buffer(Integer.BYTES * values.length);
        for (int i = 0; i < values.length; i++) {
            steps[i] = inputStep * weightSteps[i];
            integers.putInt(Math.round(values[i] / steps[i]));
        }
        layer.setInput(2, constant(bias.getName(), DataType.INT32, integers, new long[] {values.length}, steps, 0));
    }

    /** An output with only zero weights also needs a positive step. */
    private static float positive(float[] steps, int channel) {
        if (steps[channel] == 0) {
            steps[channel] = 1f / WEIGHT_LEVELS;
        }
        return steps[channel];
    }

    /** Adds an integer constant and its dequantization; returns the output of the latter. */
    private String constant(String name, DataType type, ByteBuffer values, long[] shape, float[] steps, int axis) {
        String result = name + "/dequantised";
        int width = type == DataType.INT8 ? Byte.BYTES : Integer.BYTES;
        // zero points are written explicitly, because the kernel of Gemm needs one per output
        TensorProto zeros =
                OnnxProtos.tensor(name + "/zero", type, OnnxProtos.buffer(width * steps.length), steps.length);
        target.addInitializer(OnnxProtos.tensor(name + "/q", type, values, shape))
                .addInitializer(OnnxProtos.floats(name + "/scale", steps, steps.length))
                .addInitializer(zeros)
                .addNode(OnnxProtos.node("DequantizeLinear", result, name + "/q", name + "/scale", name + "/zero")
                        .addAttribute(OnnxProtos.integer("axis", axis)));
        return result;
    }

    /** Quantizes a float32 tensor once for all of its consumers. */
    private Quantised quantise(String tensor) {
        Quantised known = quantised.get(tensor);
        if (known != null) {
            return known;
        }
        Quantised scale = scale(tensor);
        return round(tensor, tensor + "/dequantised", tensor, scale);
    }

    /** Replaces {@code tensor} by the quantized value of {@code unrounded(tensor)}. */
    private void requantise(String tensor, Quantised scale) {
        round(unrounded(tensor), tensor, tensor, scale);
    }

    private Quantised round(String from, String to, String key, Quantised scale) {
        String bytes = key + "/q";
        target.addNode(OnnxProtos.node("QuantizeLinear", bytes, from, scale.scale(), scale.zero()))
                .addNode(OnnxProtos.node("DequantizeLinear", key + "/dq", bytes, scale.scale(), scale.zero())
                        .setOutput(0, to));
        Quantised result = new Quantised(scale.scale(), scale.zero(), scale.step(), to);
        quantised.put(key, result);
        return result;
    }

    private Quantised scale(String tensor) {
        ActivationRanges.Range range = Objects.requireNonNull(ranges.get(tensor));
        float width = range.max() - range.min();
        float step = width > 0 ? width / ACTIVATION_LEVELS : 1f / ACTIVATION_LEVELS;
        int zero = Math.min(ACTIVATION_LEVELS, Math.max(0, Math.round(-range.min() / step)));
        String name = tensor + "/scale";
        target.addInitializer(OnnxProtos.floats(name, new float[] {step}))
                .addInitializer(OnnxProtos.tensor(
                        tensor + "/zero", DataType.UINT8, OnnxProtos.buffer(1).put((byte) zero)));
        return new Quantised(name, tensor + "/zero", step, tensor);
    }

    private static String unrounded(String tensor) {
        return tensor + "/unrounded";
    }

    private void dropUnused() {
        Set<String> used = new HashSet<>();
        target.getNodeList().forEach(node -> used.addAll(node.getInputList()));
        List<TensorProto> kept = new ArrayList<>(target.getInitializerList());
        kept.removeIf(tensor -> !used.contains(tensor.getName()));
        target.clearInitializer().addAllInitializer(kept);
    }
}
