package dev.trainyard.trainer.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.trainyard.engine.onnx.OnnxExporter;
import dev.trainyard.engine.onnx.OnnxProtos;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trust.TrustPack;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Converts an imported graph to the input {@code image} and the outputs {@code probabilities} and {@code logits}. Its
 * own names get a prefix. Only operators and weights are kept: other metadata could claim to be a trust pack.
 */
final class OnnxConversion {
    private static final String PREFIX = "imported/";
    private static final String SHAPE = "image_shape";
    /** Operators that may produce logits; a softmax of other outputs would be meaningless. */
    private static final Set<String> GIVES_LOGITS =
            Set.of("Gemm", "MatMul", "Add", "Sub", "Mul", "Div", "LogSoftmax", "BatchNormalization");
    /** Operators that only reshape values. */
    private static final Set<String> RESHAPES = Set.of("Flatten", "Reshape", "Squeeze");
    /** Smaller than any meaningful float32 softmax probability; keeps logarithms finite. */
    private static final float MIN_PROBABILITY = 1e-30f;

    private final OnnxFile file;
    private final GraphProto source;
    private final GraphProto.Builder target = GraphProto.newBuilder().setName("imported");
    private final Map<String, String> names = new HashMap<>();
    /** Tensors that depend on the input image. */
    private final Set<String> dependent = new HashSet<>();

    private OnnxConversion(OnnxFile file) {
        this.file = file;
        this.source = file.model().getGraph();
    }

    /**
     * @param onnx the model in the format that predictors serve
     * @param endsWithLogits true if the original output is logits
     */
    record Converted(byte[] onnx, boolean endsWithLogits) {}

    static Converted convert(OnnxFile file, ImageShape image, int classes) throws RejectedModelException {
        return new OnnxConversion(file).convert(image, classes);
    }

    private Converted convert(ImageShape image, int classes) throws RejectedModelException {
        NodeProto last = producer(file.output());
        boolean softmax = last.getOpType().equals("Softmax");
        boolean reshaped = RESHAPES.contains(last.getOpType());
        if (softmax) {
            requireLastAxis(last);
        } else if (!reshaped && !GIVES_LOGITS.contains(last.getOpType())) {
            throw new RejectedModelException(
                    "The model ends with %s; end it with a softmax or with logits.".formatted(last.getOpType()));
        }
        boolean probabilities = reshaped && reshapesSoftmax(last);
        if (!probabilities) {
            names.put(softmax ? last.getInput(0) : last.getOutput(0), TrustPack.LOGITS);
        }
        dependent.add(file.input());
        target.addInput(OnnxExporter.value("image", image.channels(), image.height(), image.width()));
        image(image);
        for (TensorProto tensor : source.getInitializerList()) {
            target.addInitializer(
                    tensor.toBuilder().setName(name(tensor.getName())).clearDocString());
        }
        for (NodeProto node : source.getNodeList()) {
            if (!(softmax && node == last) && !isNameOf(last, node)) {
                add(node);
            }
        }
        if (probabilities) {
            // the logarithms of probabilities are equivalent logits
            target.addInitializer(OnnxProtos.floats("least_probability", new float[] {MIN_PROBABILITY}))
                    .addNode(OnnxProtos.node("Add", "positive", name(last.getOutput(0)), "least_probability"))
                    .addNode(OnnxProtos.node("Log", TrustPack.LOGITS, "positive"));
        }
        target.addNode(OnnxProtos.node("Softmax", "probabilities", TrustPack.LOGITS)
                        .addAttribute(OnnxProtos.integer("axis", 1)))
                .addOutput(OnnxExporter.value("probabilities", classes))
                .addOutput(OnnxExporter.value(TrustPack.LOGITS, classes));
        return new Converted(model(), !softmax && !probabilities);
    }

    private byte[] model() {
        return ModelProto.newBuilder()
                // from 4 on, weights need not be listed as inputs; older public files list them
                .setIrVersion(Math.max(OnnxExporter.IR_VERSION, file.model().getIrVersion()))
                .setProducerName("trainyard")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OnnxFile.opset(file.model())))
                .setGraph(target)
                .build()
                .toByteArray();
    }

    /** Reshapes the image to the file's input shape. */
    private void image(ImageShape image) {
        if (file.inputShape().length == 3 && file.inputShape()[0] == image.channels()) {
            names.put(file.input(), "image");
            return;
        }
        long[] shape = LongStream.concat(LongStream.of(-1), LongStream.of(file.inputShape()))
                .toArray();
        target.addInitializer(OnnxProtos.longs(SHAPE, shape, shape.length))
                .addNode(OnnxProtos.node("Reshape", name(file.input()), "image", SHAPE));
    }

    private void add(NodeProto node) {
        NodeProto.Builder renamed =
                node.toBuilder().clearInput().clearOutput().clearDocString().setName(PREFIX + target.getNodeCount());
        node.getInputList().forEach(input -> renamed.addInput(name(input)));
        node.getOutputList().forEach(output -> renamed.addOutput(name(output)));
        if (node.getInputList().stream().anyMatch(dependent::contains)) {
            dependent.addAll(node.getOutputList());
            if (file.oneByOne() && node.getOpType().equals("Reshape")) {
                openBatch(node, renamed);
            }
        }
        target.addNode(renamed);
    }

    /** In a file for single images, replaces a leading extent of 1 in reshapes by the number of images. */
    private void openBatch(NodeProto node, NodeProto.Builder renamed) {
        Optional<long[]> constant = constant(node.getInput(1)).map(OnnxProtos::longs);
        if (constant.isPresent() && constant.get().length > 1 && constant.get()[0] == 1) {
            long[] shape = constant.get();
            boolean inferred = LongStream.of(shape).anyMatch(extent -> extent == -1);
            shape[0] = inferred ? 0 : -1; // 0 copies the input's extent
            String open = "open_shape_" + target.getNodeCount();
            target.addInitializer(OnnxProtos.longs(open, shape, shape.length));
            renamed.setInput(1, open);
        }
    }

    private Optional<TensorProto> constant(String tensor) {
        Optional<TensorProto> weight = source.getInitializerList().stream()
                .filter(initializer -> initializer.getName().equals(tensor))
                .findFirst();
        return weight.isPresent()
                ? weight
                : source.getNodeList().stream()
                        .filter(node -> node.getOpType().equals("Constant")
                                && node.getOutputList().contains(tensor))
                        .flatMap(node -> OnnxProtos.attribute(node, "value").stream())
                        .map(AttributeProto::getT)
                        .findFirst();
    }

    /** Returns true if {@code last} reshapes the output of a softmax. */
    private boolean reshapesSoftmax(NodeProto last) throws RejectedModelException {
        NodeProto node = last;
        for (int steps = 0; RESHAPES.contains(node.getOpType()); steps++) {
            if (steps > source.getNodeCount() || node.getInputCount() == 0) {
                throw new RejectedModelException("The model's output depends only on itself; export it again.");
            }
            node = producer(node.getInput(0));
        }
        return node.getOpType().equals("Softmax");
    }

    /** An omitted optional input has an empty name. */
    private String name(String original) {
        return original.isEmpty() ? "" : names.computeIfAbsent(original, name -> PREFIX + name);
    }

    /** The operator that produces the output, ignoring identity operators after it. */
    private NodeProto producer(String output) throws RejectedModelException {
        Set<String> seen = new HashSet<>();
        String tensor = output;
        while (seen.add(tensor)) {
            NodeProto giver = giver(tensor);
            if (!giver.getOpType().equals("Identity")) {
                return giver;
            }
            tensor = giver.getInput(0);
        }
        throw new RejectedModelException(
                "The model's output %s depends only on itself; export it again.".formatted(output));
    }

    private NodeProto giver(String tensor) throws RejectedModelException {
        for (NodeProto node : source.getNodeList()) {
            if (node.getOutputList().contains(tensor)) {
                return node;
            }
        }
        throw new RejectedModelException("No operator of the model produces %s; export it again.".formatted(tensor));
    }

    /** Returns true if {@code node} is an identity operator between {@code last} and the file's output. */
    private boolean isNameOf(NodeProto last, NodeProto node) throws RejectedModelException {
        return node.getOpType().equals("Identity")
                && node.getOutputCount() == 1
                && source.getNodeList().stream()
                        .noneMatch(taker -> taker.getInputList().contains(node.getOutput(0)))
                && producer(node.getOutput(0)) == last;
    }

    private static void requireLastAxis(NodeProto softmax) throws RejectedModelException {
        long axis =
                OnnxProtos.attribute(softmax, "axis").map(AttributeProto::getI).orElse(-1L);
        if (axis != 1 && axis != -1) {
            throw new RejectedModelException(
                    "The model's softmax is over axis %d; it must be over the classes, the last.".formatted(axis));
        }
    }
}
