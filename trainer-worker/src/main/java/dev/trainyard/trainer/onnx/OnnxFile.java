package dev.trainyard.trainer.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.trainyard.network.ImageShape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * An imported ONNX file with a valid structure; it was not run yet.
 *
 * @param input name of its only input, float32
 * @param oneByOne true if the file accepts exactly one image at a time
 * @param inputShape shape of one image, without the batch dimension
 * @param output name of its only output, float32
 */
record OnnxFile(ModelProto model, String input, boolean oneByOne, long[] inputShape, String output) {
    static final int MIN_OPSET = 7;
    static final int MAX_OPSET = 21;
    static final int MAX_BYTES = 32 << 20;
    static final int MAX_NODES = 1_000;

    /** @throws RejectedModelException if the file's structure is not supported */
    static OnnxFile read(byte[] onnx, ImageShape image) throws RejectedModelException {
        ModelProto model = requireWhole(onnx);
        ValueInfoProto input = input(model.getGraph());
        long[] shape = shape(input, image);
        if (model.getGraph().getOutputCount() != 1) {
            throw new RejectedModelException(
                    "The model has %d outputs; export it with one, its logits or probabilities."
                            .formatted(model.getGraph().getOutputCount()));
        }
        OperatorCheck.check(model.getGraph(), opset(model), input.getName());
        return new OnnxFile(
                model,
                input.getName(),
                takesOne(input),
                shape,
                model.getGraph().getOutput(0).getName());
    }

    /**
     * Checks everything except inputs and outputs.
     *
     * @param input name of its only input
     */
    static ModelProto requireSafe(byte[] onnx, String input) throws RejectedModelException {
        ModelProto model = requireWhole(onnx);
        OperatorCheck.check(model.getGraph(), opset(model), input);
        return model;
    }

    private static ModelProto requireWhole(byte[] onnx) throws RejectedModelException {
        if (onnx.length > MAX_BYTES) {
            throw new RejectedModelException(
                    "The file has %,d bytes; at most %,d are allowed.".formatted(onnx.length, MAX_BYTES));
        }
        ModelProto model = parse(onnx);
        GraphProto graph = model.getGraph();
        requireOpset(model);
        if (model.getTrainingInfoCount() > 0
                || model.getFunctionsCount() > 0
                || graph.getSparseInitializerCount() > 0) {
            throw new RejectedModelException(
                    "The model has training information, functions or sparse weights; export it for inference, inlined, with dense weights.");
        }
        if (graph.getNodeCount() == 0 || graph.getNodeCount() > MAX_NODES) {
            throw new RejectedModelException("The model has %,d operators; from 1 to %,d are allowed."
                    .formatted(graph.getNodeCount(), MAX_NODES));
        }
        for (TensorProto tensor : graph.getInitializerList()) {
            requireInside(tensor);
        }
        for (NodeProto node : graph.getNodeList()) {
            check(node);
        }
        return model;
    }

    private static ModelProto parse(byte[] onnx) throws RejectedModelException {
        try {
            ModelProto model = ModelProto.parseFrom(onnx);
            if (model.hasGraph()) {
                return model;
            }
        } catch (InvalidProtocolBufferException e) {
            // reported below, because a file of another kind may be parsed by chance
        }
        throw new RejectedModelException(
                "The file is not an ONNX model. Export one, for example with torch.onnx.export or tf2onnx; Keras files end with .h5.");
    }

    private static void requireOpset(ModelProto model) throws RejectedModelException {
        long opset = opset(model);
        if (opset < MIN_OPSET || opset > MAX_OPSET) {
            throw new RejectedModelException("The model is of ONNX opset %d; export it with one from %d to %d."
                    .formatted(opset, MIN_OPSET, MAX_OPSET));
        }
    }

    static long opset(ModelProto model) {
        return model.getOpsetImportList().stream()
                .filter(set -> isStandard(set.getDomain()))
                .mapToLong(OperatorSetIdProto::getVersion)
                .max()
                .orElse(0);
    }

    private static boolean isStandard(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }

    private static void check(NodeProto node) throws RejectedModelException {
        if (!isStandard(node.getDomain())) {
            throw new RejectedModelException(
                    "Operator %s (node %s) is of domain %s; export the model with operators of ONNX itself."
                            .formatted(node.getOpType(), node.getName(), node.getDomain()));
        }
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.hasG() || attribute.getGraphsCount() > 0) {
                throw new RejectedModelException(
                        "Operator %s (node %s) contains a subgraph; export the model without branches and loops."
                                .formatted(node.getOpType(), node.getName()));
            }
            if (attribute.hasSparseTensor() || attribute.getSparseTensorsCount() > 0) {
                throw new RejectedModelException(
                        "Operator %s contains sparse weights; export the model with dense ones."
                                .formatted(node.getOpType()));
            }
            requireInside(attribute.getT());
            for (TensorProto tensor : attribute.getTensorsList()) {
                requireInside(tensor);
            }
        }
    }

    private static void requireInside(TensorProto tensor) throws RejectedModelException {
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0) {
            throw new RejectedModelException(
                    "Weights of the model (%s) are in another file; save it as one file.".formatted(tensor.getName()));
        }
    }

    private static ValueInfoProto input(GraphProto graph) throws RejectedModelException {
        Set<String> weights = new HashSet<>();
        graph.getInitializerList().forEach(tensor -> weights.add(tensor.getName()));
        List<ValueInfoProto> inputs = graph.getInputList().stream()
                .filter(input -> !weights.contains(input.getName()))
                .toList();
        if (inputs.size() != 1) {
            throw new RejectedModelException(
                    "The model has %d inputs; export it with one, the images.".formatted(inputs.size()));
        }
        return inputs.get(0);
    }

    private static boolean takesOne(ValueInfoProto input) {
        List<Dimension> extents = input.getType().getTensorType().getShape().getDimList();
        return !extents.isEmpty() && extents.get(0).getDimValue() == 1;
    }

    private static long[] shape(ValueInfoProto input, ImageShape image) throws RejectedModelException {
        TypeProto.Tensor type = input.getType().getTensorType();
        if (type.getElemType() != TensorProto.DataType.FLOAT.getNumber()) {
            throw new RejectedModelException("The model's input is not float32; export it as float32.");
        }
        List<Dimension> extents = type.getShape().getDimList();
        if (extents.isEmpty() || extents.get(0).getDimValue() > 1) {
            throw new RejectedModelException(
                    "The model takes a fixed number of images; export it with a first dimension that is open or 1.");
        }
        long[] shape =
                extents.stream().skip(1).mapToLong(Dimension::getDimValue).toArray();
        List<long[]> possible = List.of(
                new long[] {image.channels(), image.height(), image.width()},
                new long[] {image.height(), image.width(), image.channels()},
                new long[] {image.height(), image.width()},
                new long[] {image.size()});
        return possible.stream()
                .filter(form -> fits(form, shape))
                .findFirst()
                .orElseThrow(
                        () -> new RejectedModelException("The model takes images of shape %s; expected [N, %d, %d, %d]."
                                .formatted(Arrays.toString(shape), image.channels(), image.height(), image.width())));
    }

    /** @param given extents of the file; 0 for an open one */
    private static boolean fits(long[] form, long[] given) {
        return form.length == given.length
                && IntStream.range(0, form.length).allMatch(i -> given[i] == 0 || given[i] == form[i]);
    }
}
