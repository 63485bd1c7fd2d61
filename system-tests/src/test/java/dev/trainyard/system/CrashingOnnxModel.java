package dev.trainyard.system;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;

/**
 * A model of standard operators that divides an integer by the brightest pixel, so that only a blank image crashes it.
 */
final class CrashingOnnxModel {
    private static final int FLOAT = 1;
    private static final int INT32 = 6;
    private static final int CLASSES = 10;

    private CrashingOnnxModel() {}

    static byte[] bytes() {
        GraphProto graph = GraphProto.newBuilder()
                .setName("test")
                .addInput(value("image", 1, 28, 28))
                .addInitializer(scalar("pixels", FLOAT).addFloatData(255))
                .addInitializer(scalar("nothing", FLOAT).addFloatData(0))
                .addInitializer(scalar("whole", INT32).addInt32Data(1000))
                .addInitializer(scores())
                .addNode(node("ReduceMax", List.of("image"), "brightest")
                        .addAttribute(attribute("axes")
                                .setType(AttributeProto.AttributeType.INTS)
                                .addInts(1)
                                .addInts(2)
                                .addInts(3)))
                .addNode(node("Mul", List.of("brightest", "pixels"), "brightness"))
                .addNode(node("Cast", List.of("brightness"), "divisor").addAttribute(integer("to", INT32)))
                .addNode(node("Div", List.of("whole", "divisor"), "quotient"))
                .addNode(node("Cast", List.of("quotient"), "real").addAttribute(integer("to", FLOAT)))
                .addNode(node("Mul", List.of("real", "nothing"), "shift"))
                .addNode(node("Flatten", List.of("shift"), "flat"))
                .addNode(node("Add", List.of("flat", "scores"), "shifted"))
                .addNode(node("Softmax", List.of("shifted"), "probabilities").addAttribute(integer("axis", 1)))
                .addOutput(value("probabilities", CLASSES))
                .build();
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static NodeProto.Builder node(String operator, List<String> inputs, String output) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addAllInput(inputs)
                .addOutput(output);
    }

    private static AttributeProto.Builder attribute(String name) {
        return AttributeProto.newBuilder().setName(name);
    }

    private static AttributeProto.Builder integer(String name, int value) {
        return attribute(name).setType(AttributeProto.AttributeType.INT).setI(value);
    }

    private static TensorProto.Builder scalar(String name, int type) {
        return TensorProto.newBuilder().setName(name).setDataType(type);
    }

    private static TensorProto.Builder scores() {
        TensorProto.Builder scores = scalar("scores", FLOAT).addDims(CLASSES);
        for (int i = 0; i < CLASSES; i++) {
            scores.addFloatData(i);
        }
        return scores;
    }

    private static ValueInfoProto value(String name, long... shape) {
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"));
        for (long extent : shape) {
            dimensions.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(extent));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(FLOAT).setShape(dimensions)))
                .build();
    }
}
