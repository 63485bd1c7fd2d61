package dev.trainyard.trainer.onnx;

import ai.onnx.proto.OnnxMl;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.trainyard.engine.onnx.OnnxExporter;
import dev.trainyard.engine.onnx.OnnxProtos;
import dev.trainyard.trust.TrustPack;

/**
 * Adds the outlier detector's edge features to any model: strengths of edges in four directions in each of {@code
 * height/4 × width/4} overlapping fields, and the share explained by each class's subspace. All added names begin with
 * {@value #PREFIX}, so that quantization can exclude them.
 */
public final class EdgeDetectorGraph {
    /** Output float32 {@code [N,edges]} of {@link #edgesOnly}. */
    public static final String EDGES = "trust_edges";

    static final String PREFIX = "trust_";
    private static final int DIRECTIONS = 4;
    private static final int REACH = 2;
    private static final int KERNEL = 2 * REACH + 1;
    private static final double SIGMA = 1;

    private EdgeDetectorGraph() {}

    /** Returns true if images of this shape are supported. */
    public static boolean takes(int channels, int height, int width) {
        return channels == 1 && height % 4 == 0 && width % 4 == 0;
    }

    /** Returns a model with the same input whose only output is {@link #EDGES}. */
    public static byte[] edgesOnly(byte[] onnx) {
        ModelProto.Builder model = OnnxProtos.parse(onnx);
        model.getGraphBuilder().clearNode().clearInitializer().clearOutput();
        addEdges(model);
        OnnxMl.TensorShapeProto input =
                model.getGraph().getInput(0).getType().getTensorType().getShape();
        long fields = input.getDim(2).getDimValue() / 4 * (input.getDim(3).getDimValue() / 4);
        model.getGraphBuilder().addOutput(OnnxExporter.value(EDGES, DIRECTIONS * fields));
        return model.build().toByteArray();
    }

    /**
     * Returns the model with the additional output {@value TrustPack#SHAPE_FIT}.
     *
     * @param subspaces {@code [edges][classes * rank]}: orthonormal columns per class, class after class
     */
    public static byte[] withShapeFit(byte[] onnx, float[][] subspaces, int classes) {
        ModelProto.Builder model = OnnxProtos.parse(onnx);
        addEdges(model);
        OnnxMl.GraphProto.Builder graph = model.getGraphBuilder();
        int columns = subspaces[0].length;
        float[] flat = new float[subspaces.length * columns];
        for (int row = 0; row < subspaces.length; row++) {
            System.arraycopy(subspaces[row], 0, flat, row * columns, columns);
        }
        // few operators, because for a single image each costs more than its arithmetic
        graph.addInitializer(tensor("subspaces", flat, subspaces.length, columns))
                .addInitializer(tensor("by_class", byClass(columns, classes), columns, classes))
                .addNode(node("LpNormalization", "direction", EDGES) // zero for a blank image, which no class explains
                        .addAttribute(OnnxProtos.integer("axis", 1))
                        .addAttribute(OnnxProtos.integer("p", 2)))
                .addNode(node("MatMul", "projection", PREFIX + "direction", PREFIX + "subspaces"))
                .addNode(node("Mul", "squares", PREFIX + "projection", PREFIX + "projection"))
                .addNode(node("MatMul", "share", PREFIX + "squares", PREFIX + "by_class")
                        .setOutput(0, TrustPack.SHAPE_FIT))
                .addOutput(OnnxExporter.value(TrustPack.SHAPE_FIT, classes));
        return model.build().toByteArray();
    }

    /** Returns the model with an additional metadata entry. */
    public static byte[] withMetadata(byte[] onnx, String key, String value) {
        return OnnxProtos.parse(onnx)
                .addMetadataProps(
                        OnnxMl.StringStringEntryProto.newBuilder().setKey(key).setValue(value))
                .build()
                .toByteArray();
    }

    private static void addEdges(ModelProto.Builder model) {
        model.getGraphBuilder()
                .addInitializer(tensor("kernels", kernels(), DIRECTIONS, 1, KERNEL, KERNEL))
                .addNode(node("Conv", "gradients", "image", PREFIX + "kernels")
                        .addAttribute(OnnxProtos.integers("kernel_shape", KERNEL, KERNEL))
                        .addAttribute(OnnxProtos.integers("strides", 2, 2))
                        .addAttribute(OnnxProtos.integers("pads", REACH, REACH, REACH - 1, REACH - 1)))
                .addNode(node("Abs", "strengths", PREFIX + "gradients"))
                .addNode(node("AveragePool", "fields", PREFIX + "strengths")
                        .addAttribute(OnnxProtos.integers("kernel_shape", 4, 4))
                        .addAttribute(OnnxProtos.integers("strides", 2, 2))
                        .addAttribute(OnnxProtos.integers("pads", 1, 1, 1, 1))
                        .addAttribute(OnnxProtos.integer("count_include_pad", 1)))
                .addNode(node("Flatten", "edges", PREFIX + "fields"));
    }

    /** Matrix that sums the columns of each class. */
    private static float[] byClass(int columns, int classes) {
        float[] matrix = new float[columns * classes];
        int rank = columns / classes;
        for (int column = 0; column < columns; column++) {
            matrix[column * classes + column / rank] = 1;
        }
        return matrix;
    }

    /** Derivatives of a Gaussian in the directions 0°, 45°, 90° and 135°. */
    private static float[] kernels() {
        float[] kernels = new float[DIRECTIONS * KERNEL * KERNEL];
        for (int direction = 0; direction < DIRECTIONS; direction++) {
            double angle = Math.PI * direction / DIRECTIONS;
            for (int y = -REACH; y <= REACH; y++) {
                for (int x = -REACH; x <= REACH; x++) {
                    double bell = StrictMath.exp(-(x * x + y * y) / (2 * SIGMA * SIGMA));
                    double along = x * StrictMath.cos(angle) + y * StrictMath.sin(angle);
                    kernels[(direction * KERNEL + y + REACH) * KERNEL + x + REACH] = (float) (along * bell);
                }
            }
        }
        return kernels;
    }

    private static NodeProto.Builder node(String operator, String name, String... inputs) {
        return OnnxProtos.node(operator, PREFIX + name, inputs);
    }

    private static TensorProto tensor(String name, float[] values, long... shape) {
        return OnnxProtos.floats(PREFIX + name, values, shape);
    }
}
