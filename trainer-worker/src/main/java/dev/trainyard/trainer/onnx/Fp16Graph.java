package dev.trainyard.trainer.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A model whose network has half-precision weights, and computes with them where it can. What the outlier detector sees,
 * and the softmax, stay float32.
 */
public final class Fp16Graph {
    private Fp16Graph() {}

    /** Weights are half precision in the file and made float32 when it is loaded; computes as the model does. */
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

    /** Every operator of the network takes and gives half precision; inputs and outputs are float32. */
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

    /** The softmax takes the logits, which are float32 for their readers anyhow. */
    private static boolean isKept(NodeProto node) {
        return node.getName().startsWith(EdgeDetectorGraph.PREFIX) || node.getOpType().equals("Softmax");
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
