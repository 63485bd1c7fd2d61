package dev.trainyard.trainer.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.trainyard.engine.onnx.OnnxExporter;
import dev.trainyard.engine.onnx.OnnxProtos;

/** Graphs as {@code torch.onnx.export} writes them, where they differ from those of other tools. */
public final class TorchModel {
    private static final int PIXELS = 784;
    private static final int HIDDEN = 32;
    private static final int CLASSES = 10;

    private TorchModel() {}

    /** {@code x = x.view(x.size(0), -1)} before two linear layers: most of its operators give integers. */
    public static byte[] viewOfItsOwnSize() {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("main_graph")
                .addNode(OnnxProtos.node("Shape", "/Shape_output_0", "input"))
                .addNode(constant("/Constant_output_0", OnnxProtos.longs("", new long[] {0})))
                .addNode(OnnxProtos.node("Gather", "/Gather_output_0", "/Shape_output_0", "/Constant_output_0")
                        .addAttribute(OnnxProtos.integer("axis", 0)))
                .addNode(constant("/Constant_1_output_0", OnnxProtos.longs("", new long[] {0}, 1)))
                .addNode(
                        OnnxProtos.node("Unsqueeze", "/Unsqueeze_output_0", "/Gather_output_0", "/Constant_1_output_0"))
                .addNode(constant("/Constant_2_output_0", OnnxProtos.longs("", new long[] {-1}, 1)))
                .addNode(OnnxProtos.node("Concat", "/Concat_output_0", "/Unsqueeze_output_0", "/Constant_2_output_0")
                        .addAttribute(OnnxProtos.integer("axis", 0)));
        return model(graph, "/Concat_output_0");
    }

    /** {@code x = x.view(-1, 784)} before two linear layers. */
    public static byte[] viewOfFixedSize() {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("main_graph")
                .addNode(constant("/Constant_output_0", OnnxProtos.longs("", new long[] {-1, PIXELS}, 2)));
        return model(graph, "/Constant_output_0");
    }

    private static byte[] model(GraphProto.Builder graph, String shape) {
        graph.addInput(OnnxExporter.value("input", 1, 28, 28))
                .addNode(OnnxProtos.node("Reshape", "/Reshape_output_0", "input", shape))
                .addNode(linear("/fc1/Gemm_output_0", "/Reshape_output_0", "fc1"))
                .addNode(OnnxProtos.node("Relu", "/Relu_output_0", "/fc1/Gemm_output_0"))
                .addNode(linear("output", "/Relu_output_0", "fc2"))
                .addInitializer(weights("fc1.weight", HIDDEN, PIXELS))
                .addInitializer(weights("fc1.bias", HIDDEN))
                .addInitializer(weights("fc2.weight", CLASSES, HIDDEN))
                .addInitializer(weights("fc2.bias", CLASSES))
                .addOutput(OnnxExporter.value("output", CLASSES));
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setProducerName("pytorch")
                .setProducerVersion("2.4.1")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static NodeProto.Builder linear(String output, String input, String layer) {
        return OnnxProtos.node("Gemm", output, input, layer + ".weight", layer + ".bias")
                .addAttribute(OnnxProtos.integer("transB", 1));
    }

    private static NodeProto.Builder constant(String output, TensorProto value) {
        return OnnxProtos.node("Constant", output)
                .addAttribute(AttributeProto.newBuilder()
                        .setName("value")
                        .setType(AttributeType.TENSOR)
                        .setT(value));
    }

    private static TensorProto weights(String name, long... shape) {
        int size = 1;
        for (long extent : shape) {
            size *= (int) extent;
        }
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (i * 7919 % 201 - 100) / 500f;
        }
        return OnnxProtos.floats(name, values, shape);
    }
}
