package dev.trainyard.trainer.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.trainyard.engine.onnx.OnnxExporter;
import dev.trainyard.engine.onnx.OnnxProtos;

/** Builds small ONNX files: of old and new opsets, and harmful ones. */
public final class OnnxFiles {
    private static final int PIXELS = 784;
    private static final int CLASSES = 10;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
    private int opset = 13;
    private int ir = 7;

    private OnnxFiles() {}

    /** Starts a graph with the input {@code image} of these extents; 0 stands for a variable extent. */
    public static OnnxFiles taking(long... extents) {
        OnnxFiles files = new OnnxFiles();
        ValueInfoProto.Builder input = OnnxExporter.value("image").toBuilder();
        var shape =
                input.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder().clearDim();
        for (long extent : extents) {
            if (extent == 0) {
                shape.addDimBuilder().setDimParam("n");
            } else {
                shape.addDimBuilder().setDimValue(extent);
            }
        }
        files.graph.addInput(input);
        return files;
    }

    public OnnxFiles opset(int number, int irVersion) {
        this.opset = number;
        this.ir = irVersion;
        return this;
    }

    public OnnxFiles node(String operator, String output, String input, Object... more) {
        var node = OnnxProtos.node(operator, output, input);
        for (Object one : more) {
            if (one instanceof AttributeProto attribute) {
                node.addAttribute(attribute);
            } else {
                node.addInput((String) one);
            }
        }
        graph.addNode(node);
        return this;
    }

    public OnnxFiles weights(String name, long... shape) {
        int size = 1;
        for (long extent : shape) {
            size *= (int) extent;
        }
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (i * 7919 % 201 - 100) / 500f;
        }
        return with(OnnxProtos.floats(name, values, shape));
    }

    public OnnxFiles longs(String name, long... values) {
        return with(OnnxProtos.longs(name, values, values.length));
    }

    public OnnxFiles with(TensorProto tensor) {
        graph.addInitializer(tensor);
        return this;
    }

    /** Lists the weights as inputs, as files up to IR version 3 must. */
    public OnnxFiles weightsAsInputs() {
        for (TensorProto tensor : graph.getInitializerList()) {
            ValueInfoProto.Builder input = OnnxExporter.value(tensor.getName()).toBuilder();
            var type = input.getTypeBuilder().getTensorTypeBuilder().setElemType(tensor.getDataType());
            var shape = type.getShapeBuilder().clearDim();
            tensor.getDimsList().forEach(extent -> shape.addDimBuilder().setDimValue(extent));
            graph.addInput(input);
        }
        return this;
    }

    /** Adds a dense layer from {@code flat} to the logits, and ends. */
    public byte[] logits(String flat) {
        weights("last_w", PIXELS, CLASSES).weights("last_b", CLASSES);
        return node("Gemm", "logits_out", flat, "last_w", "last_b").giving("logits_out");
    }

    /** Adds {@code nothing}, one value per image, to the logits, and ends. */
    public byte[] logitsAnd(String nothing) {
        weights("last_w", PIXELS, CLASSES).weights("last_b", CLASSES).with(OnnxProtos.floats("zero", new float[] {0}));
        return node("Flatten", "flat_out", "image")
                .node("Gemm", "logits_out", "flat_out", "last_w", "last_b")
                .node("Mul", "nothing_out", nothing, "zero")
                .node("Add", "sum_out", "logits_out", "nothing_out")
                .giving("sum_out");
    }

    public byte[] giving(String output) {
        graph.addOutput(OnnxExporter.value(output, CLASSES));
        return ModelProto.newBuilder()
                .setIrVersion(ir)
                .setProducerName("test")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    public static AttributeProto to(DataType type) {
        return OnnxProtos.integer("to", type.getNumber());
    }

    /** Divides an integer by the sum of an image's pixels, which crashes the process for a blank image. */
    public static byte[] dividesByTheSumOfAnImage() {
        return taking(0, 1, 28, 28)
                .node("Flatten", "flat", "image")
                .longs("axes", 1)
                .node("ReduceSum", "ink", "flat", "axes")
                .node("Cast", "whole", "ink", to(DataType.INT32))
                .with(OnnxProtos.tensor(
                        "thousand", DataType.INT32, OnnxProtos.buffer(4).putInt(1000), 1))
                .node("Div", "share", "thousand", "whole")
                .node("Cast", "number", "share", to(DataType.FLOAT))
                .logitsAnd("number");
    }

    /** A convolution, a pooling, a reshape of a constant batch of 1, and logits: as CNTK wrote the public MNIST files. */
    public static byte[] asCntkWroteIt(int opset) {
        return taking(1, 1, 28, 28)
                .opset(opset, 3)
                .weights("conv", 4, 1, 5, 5)
                .weights("bias", 4, 1, 1)
                .weights("dense", 4, 7, 7, CLASSES)
                .weights("dense_bias", 1, CLASSES)
                .longs("to_vector", 1, 196)
                .longs("to_matrix", 196, CLASSES)
                .node("Reshape", "matrix", "dense", "to_matrix")
                .node(
                        "Conv",
                        "convolved",
                        "image",
                        "conv",
                        OnnxProtos.integers("kernel_shape", 5, 5),
                        OnnxProtos.integers("strides", 2, 2),
                        OnnxProtos.integers("pads", 2, 2, 2, 2))
                .node("Add", "biased", "convolved", "bias")
                .node("Relu", "relu", "biased")
                .node(
                        "MaxPool",
                        "pooled",
                        "relu",
                        OnnxProtos.integers("kernel_shape", 2, 2),
                        OnnxProtos.integers("strides", 2, 2))
                .node("Reshape", "vector", "pooled", "to_vector")
                .node("MatMul", "product", "vector", "matrix")
                .node("Add", "out", "product", "dense_bias")
                .weightsAsInputs()
                .giving("out");
    }

    /** Ends with the outputs that predictors need. */
    private byte[] served(String logits) {
        node("Identity", "logits", logits).node("Softmax", "probabilities", "logits", OnnxProtos.integer("axis", 1));
        graph.addOutput(OnnxExporter.value("probabilities", CLASSES));
        return giving("logits");
    }

    private static OnnxFiles dense() {
        return taking(0, 1, 28, 28)
                .weights("w", PIXELS, CLASSES)
                .node("Flatten", "flat", "image")
                .node("MatMul", "product", "flat", "w");
    }

    /** Divides by the sum of an image's pixels, of floating-point values. */
    public static byte[] givesNaNForABlankImage() {
        return dense().longs("axes", 1)
                .node("ReduceSum", "ink", "flat", "axes")
                .node("Div", "out", "product", "ink")
                .served("out");
    }

    /** Adds the mean of all images' logits to each. */
    public static byte[] mixesImages() {
        return dense().node("ReduceMean", "mean", "product", OnnxProtos.integers("axes", 0))
                .node("Add", "out", "product", "mean")
                .served("out");
    }

    /** Adds to all logits the excess of the brightest image's brightness over that of any drawing. */
    public static byte[] mixesBrightImages() {
        return dense().with(OnnxProtos.floats("most", new float[] {700}))
                .weights("spread", 1, CLASSES)
                .longs("axes", 1)
                .node("ReduceSum", "ink", "flat", "axes")
                .node("Sub", "more", "ink", "most")
                .node("Relu", "bright", "more")
                .node("ReduceMax", "brightest", "bright", OnnxProtos.integers("axes", 0))
                .node("MatMul", "added", "brightest", "spread")
                .node("Add", "out", "product", "added")
                .served("out");
    }

    public static byte[] returnsOneRowForAnyBatch() {
        return dense().node("ReduceMean", "out", "product", OnnxProtos.integers("axes", 0))
                .served("out");
    }

    /** Compares each image with each other; the result is not used. */
    public static byte[] comparesAllImages() {
        return dense().longs("first", 0)
                .longs("second", 1)
                .longs("all", 1, 2)
                .with(OnnxProtos.floats("zero", new float[] {0}))
                .node(
                        "AveragePool",
                        "small",
                        "image",
                        OnnxProtos.integers("kernel_shape", 2, 2),
                        OnnxProtos.integers("strides", 2, 2))
                .node("Flatten", "values", "small")
                .node("Unsqueeze", "rows", "values", "second")
                .node("Unsqueeze", "columns", "values", "first")
                .node("Sub", "differences", "rows", "columns")
                .node("Tanh", "tanh", "differences")
                .node("Exp", "exp", "tanh")
                .node("Erf", "erf", "exp")
                .node("Tanh", "tanh2", "erf")
                .node("Exp", "exp2", "tanh2")
                .node("Erf", "erf2", "exp2")
                .node("Tanh", "tanh3", "erf2")
                .node("Exp", "exp3", "tanh3")
                .node("Erf", "erf3", "exp3")
                .node("ReduceSum", "sum", "erf3", "all", OnnxProtos.integer("keepdims", 0))
                .node("Unsqueeze", "column", "sum", "second")
                .node("Mul", "nothing", "column", "zero")
                .node("Add", "out", "product", "nothing")
                .served("out");
    }

    /** @param from what is joined with itself so many times: {@code image}, or {@code constant} */
    public static byte[] doubles(String from, int times) {
        OnnxFiles files = taking(0, 1, 28, 28).weights("constant", 1, 1, 28, 28).longs("axes", 1, 2, 3);
        String last = from;
        for (int i = 0; i < times; i++) {
            files.node("Concat", "double" + i, last, last, OnnxProtos.integer("axis", 3));
            last = "double" + i;
        }
        return files.node("ReduceMean", "mean", last, OnnxProtos.integers("axes", 1, 2, 3))
                .node("Flatten", "one", "mean")
                .logitsAnd("one");
    }
}
