package dev.trainyard.trainer.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.platform.Fp16Conversions;
import dev.trainyard.engine.onnx.OnnxProtos;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Converts a model's network to half precision. The outlier detector and the softmax stay float32. */
public final class Fp16Graph {
    private Fp16Graph() {}

    /**
     * Stores weights in half precision; they are converted to float32 at load time, so that all computation is
     * float32.
     */
    public static byte[] ofWeights(byte[] onnx) {
        ModelProto.Builder model = OnnxProtos.parse(onnx);
        GraphProto source = model.getGraph();
        GraphProto.Builder target = source.toBuilder().clearNode().clearInitializer();
        for (TensorProto tensor : source.getInitializerList()) {
            if (isWeight(tensor)) {
                target.addInitializer(half(tensor, tensor.getName() + "/half"))
                        .addNode(cast(tensor.getName() + "/half", tensor.getName(), DataType.FLOAT));
            } else {
                target.addInitializer(tensor);
            }
        }
        return model.setGraph(target.addAllNode(source.getNodeList())).build().toByteArray();
    }

    /** Computes the network in half precision; inputs and outputs are float32. */
    public static byte[] of(byte[] onnx) {
        ModelProto.Builder model = OnnxProtos.parse(onnx);
        GraphProto source = model.getGraph();
        GraphProto.Builder target = source.toBuilder().clearNode().clearInitializer();
        for (TensorProto tensor : source.getInitializerList()) {
            target.addInitializer(isWeight(tensor) ? half(tensor, tensor.getName()) : tensor);
        }
        Set<String> outputs = new HashSet<>();
        source.getOutputList().stream().map(ValueInfoProto::getName).forEach(outputs::add);
        Map<String, String> halves = new HashMap<>();
        for (NodeProto node : source.getNodeList()) {
            if (isKept(node)) {
                target.addNode(node);
                continue;
            }
            NodeProto.Builder inHalf = node.toBuilder();
            for (int i = 0; i < node.getInputCount(); i++) {
                String input = node.getInput(i);
                if (input.equals(source.getInput(0).getName()) && !halves.containsKey(input)) {
                    halves.put(input, input + "/half");
                    target.addNode(cast(input, input + "/half", DataType.FLOAT16));
                }
                inHalf.setInput(i, halves.getOrDefault(input, input));
            }
            String output = node.getOutput(0);
            target.addNode(outputs.contains(output) ? inHalf.setOutput(0, output + "/half") : inHalf);
            if (outputs.contains(output)) {
                halves.put(output, output + "/half");
                target.addNode(cast(output + "/half", output, DataType.FLOAT));
            }
        }
        return model.setGraph(target).build().toByteArray();
    }

    /** The softmax reads the logits, which are float32 as an output anyway. */
    private static boolean isKept(NodeProto node) {
        return node.getName().startsWith(EdgeDetectorGraph.PREFIX)
                || node.getOpType().equals("Softmax");
    }

    private static boolean isWeight(TensorProto tensor) {
        return tensor.getDataType() == DataType.FLOAT.getNumber()
                && !tensor.getName().startsWith(EdgeDetectorGraph.PREFIX);
    }

    private static TensorProto half(TensorProto tensor, String name) {
        float[] values = OnnxProtos.floats(tensor);
        ByteBuffer halves = OnnxProtos.buffer(Short.BYTES * values.length);
        for (float value : values) {
            halves.putShort(Fp16Conversions.floatToFp16(value));
        }
        long[] shape = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
        return OnnxProtos.tensor(name, DataType.FLOAT16, halves, shape);
    }

    private static NodeProto cast(String from, String to, DataType type) {
        return OnnxProtos.node("Cast", to, from)
                .addAttribute(OnnxProtos.integer("to", type.getNumber()))
                .build();
    }
}
