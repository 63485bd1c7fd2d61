package dev.trainyard.trainer.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.engine.RejectedModelException;
import dev.trainyard.trust.TrustPack;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Puts an imported graph between our input {@code image} and our outputs {@code probabilities} and {@code logits}. Names
 * of its own get a prefix, and nothing of the file but operators and weights is kept: its metadata could claim to be a
 * trust pack.
 */
final class OnnxConversion {
    private static final String PREFIX = "imported/";
    private static final String SHAPE = "image_shape";
    /** What may give logits; of anything else a softmax would make nonsense. */
    private static final Set<String> GIVES_LOGITS = Set.of("Gemm", "MatMul", "Add", "LogSoftmax");

    private final OnnxFile file;
    private final GraphProto source;
    private final GraphProto.Builder target = GraphProto.newBuilder().setName("imported");
    private final Map<String, String> names = new HashMap<>();

    private OnnxConversion(OnnxFile file) {
        this.file = file;
        this.source = file.model().getGraph();
    }

    /**
     * @param onnx the model as predictors take it
     * @param endsWithLogits whether the file's own output is not yet what softmax makes of it
     */
    record Converted(byte[] onnx, boolean endsWithLogits) {}

    static Converted convert(OnnxFile file, ImageShape image, int classes) throws RejectedModelException {
        return new OnnxConversion(file).convert(image, classes);
    }

    private Converted convert(ImageShape image, int classes) throws RejectedModelException {
        NodeProto last = producer(file.output());
        boolean softmax = last.getOpType().equals("Softmax");
        if (softmax) {
            requireLastAxis(last);
        } else if (!GIVES_LOGITS.contains(last.getOpType())) {
            throw new RejectedModelException(
                    "The model ends with %s; let it end with a softmax, or with the logits that one would take."
                            .formatted(last.getOpType()));
        }
        String logits = softmax ? last.getInput(0) : last.getOutput(0);
        names.put(logits, TrustPack.LOGITS);
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
        target.addNode(OnnxProtos.node("Softmax", "probabilities", TrustPack.LOGITS)
                        .addAttribute(OnnxProtos.integer("axis", 1)))
                .addOutput(OnnxExporter.value("probabilities", classes))
                .addOutput(OnnxExporter.value(TrustPack.LOGITS, classes));
        return new Converted(model(), !softmax);
    }

    private byte[] model() {
        return ModelProto.newBuilder()
                .setIrVersion(file.model().getIrVersion())
                .setProducerName("trainyard")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OnnxFile.opset(file.model())))
                .setGraph(target)
                .build()
                .toByteArray();
    }

    /** Our image in the shape that the file takes. */
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
        target.addNode(renamed);
    }

    /** An optional input that is left out has no name. */
    private String name(String original) {
        return original.isEmpty() ? "" : names.computeIfAbsent(original, name -> PREFIX + name);
    }

    /** The operator that gives the output, behind those that only give it another name. */
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
                "The model's output %s comes from itself alone; export it again.".formatted(output));
    }

    private NodeProto giver(String tensor) throws RejectedModelException {
        for (NodeProto node : source.getNodeList()) {
            if (node.getOutputList().contains(tensor)) {
                return node;
            }
        }
        throw new RejectedModelException("No operator of the model gives %s; export it again.".formatted(tensor));
    }

    /** Whether {@code node} is one of those between {@code last} and the file's output, which ours replaces. */
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
