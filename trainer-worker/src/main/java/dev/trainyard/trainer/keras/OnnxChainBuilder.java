package dev.trainyard.trainer.keras;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.trainyard.engine.onnx.OnnxExporter;
import dev.trainyard.engine.onnx.OnnxProtos;
import dev.trainyard.network.ImageShape;
import java.util.Locale;

/** A chain of ONNX operators, each of which uses the output of the previous one. */
final class OnnxChainBuilder {
    private static final int OPSET = 13;
    private static final int IR_VERSION = 7;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("keras");
    private String last = "image";

    OnnxChainBuilder(ImageShape shape) {
        graph.addInput(OnnxExporter.value(last, shape.channels(), shape.height(), shape.width()));
    }

    /** The input tensor of the next operator. */
    String last() {
        return last;
    }

    /** Appends an operator whose inputs are the last tensor and constants. */
    NodeProto.Builder then(String operator, String... constants) {
        NodeProto.Builder node = of(operator, last);
        for (String constant : constants) {
            node.addInput(constant);
        }
        return node;
    }

    /** Appends an operator with named inputs, such as an earlier tensor. */
    NodeProto.Builder of(String operator, String... inputs) {
        String output = operator.toLowerCase(Locale.ROOT) + "_" + graph.getNodeCount();
        graph.addNode(OnnxProtos.node(operator, output, inputs));
        last = output;
        return graph.getNodeBuilder(graph.getNodeCount() - 1);
    }

    String constant(float[] values, long... shape) {
        String name = "w_" + graph.getInitializerCount();
        graph.addInitializer(OnnxProtos.floats(name, values, shape));
        return name;
    }

    String constant(double value) {
        return constant(new float[] {(float) value});
    }

    String integers(long... values) {
        String name = "w_" + graph.getInitializerCount();
        graph.addInitializer(OnnxProtos.longs(name, values, values.length));
        return name;
    }

    byte[] model(int classes) {
        of("Identity", last);
        graph.addOutput(OnnxExporter.value(last, classes));
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("keras")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(graph)
                .build()
                .toByteArray();
    }
}
