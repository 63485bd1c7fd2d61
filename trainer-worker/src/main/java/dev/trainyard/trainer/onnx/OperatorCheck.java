package dev.trainyard.trainer.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.trainyard.engine.onnx.OnnxProtos;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Determines the source of each tensor's values in a graph. Rejects operators that could crash the process, or whose
 * time or memory could depend on the image. The remaining operators take the same time for every image, so that a few
 * runs are representative.
 */
final class OperatorCheck {
    /** Largest dimension in a constant or an attribute. */
    private static final long MAX_EXTENT = 1 << 16;

    private static final Set<Integer> FLOATS =
            Set.of(DataType.FLOAT_VALUE, DataType.FLOAT16_VALUE, DataType.DOUBLE_VALUE, DataType.BFLOAT16_VALUE);
    private static final Set<Integer> INDICES = Set.of(DataType.INT32_VALUE, DataType.INT64_VALUE);
    /** Attributes that ONNX Runtime uses as a divisor or a step. */
    private static final Set<String> FROM_ONE =
            Set.of("strides", "kernel_shape", "dilations", "group", "num_groups", "num_outputs", "size", "blocksize");
    /** Operators that are allowed on shapes. */
    private static final Set<String> ON_SHAPES =
            Set.of("Gather", "Slice", "Squeeze", "Unsqueeze", "Concat", "Cast", "Identity", "Mul");

    private enum Source {
        CONSTANT,
        /** Dimensions of a tensor, which depend only on the number of images. */
        SHAPE,
        IMAGE,
        /** An output that no operator may use. */
        UNUSABLE
    }

    private record Value(Source source, int type) {}

    private final long opset;
    private final Map<String, Value> values = new HashMap<>();

    private OperatorCheck(long opset) {
        this.opset = opset;
    }

    static void check(GraphProto graph, long opset, String input) throws RejectedModelException {
        OperatorCheck check = new OperatorCheck(opset);
        for (TensorProto tensor : graph.getInitializerList()) {
            requireSound(tensor, "Weight " + tensor.getName());
            check.values.put(tensor.getName(), new Value(Source.CONSTANT, tensor.getDataType()));
        }
        check.values.put(input, new Value(Source.IMAGE, DataType.FLOAT_VALUE));
        for (NodeProto node : graph.getNodeList()) {
            check.add(node);
        }
    }

    private void add(NodeProto node) throws RejectedModelException {
        OperatorRules.Group group = OperatorRules.group(node.getOpType(), opset);
        if (group == null) {
            throw refused(
                    node,
                    OperatorRules.reason(node.getOpType(), opset)
                            + ". Export the model without it; docs/importing.md lists what is supported");
        }
        requireSoundAttributes(node);
        Value input = node.getInputCount() == 0 ? null : value(node, 0);
        Value result =
                switch (group) {
                    case LAYER, MOVE -> layer(node, group, input);
                    case ARITHMETIC -> arithmetic(node, input);
                    case COMPARISON -> new Value(elementwise(node, input), DataType.BOOL_VALUE);
                    case QUANTISED -> quantised(node, input);
                    case SPECIAL -> special(node, input);
                };
        for (int i = 0; i < node.getOutputCount(); i++) {
            boolean known = i == 0 || node.getOpType().equals("Split");
            values.put(node.getOutput(i), known ? result : new Value(Source.UNUSABLE, 0));
        }
    }

    private Value layer(NodeProto node, OperatorRules.Group group, @Nullable Value input)
            throws RejectedModelException {
        Value first = requireInput(node, input);
        for (int i = 1; i < node.getInputCount(); i++) {
            if (!node.getInput(i).isEmpty() && value(node, i).source() != Source.CONSTANT) {
                throw refused(
                        node,
                        "has the computed input %s; only constants are supported there".formatted(node.getInput(i)));
            }
        }
        if (node.getOpType().equals("Dropout")
                && node.getInputCount() > 2
                && !node.getInput(2).isEmpty()) {
            throw refused(node, "has a training mode input; export the model for inference");
        }
        if (OnnxProtos.attribute(node, "training_mode")
                .filter(a -> a.getI() != 0)
                .isPresent()) {
            throw refused(node, "is in training mode; export the model for inference");
        }
        if (first.source() == Source.SHAPE) {
            requireOnShapes(node);
        } else if (group == OperatorRules.Group.LAYER && first.source() == Source.IMAGE) {
            // quantised models use MaxPool on 8-bit values
            requireFloats(node, first, node.getOpType().equals("MaxPool"));
        }
        return first;
    }

    private Value arithmetic(NodeProto node, @Nullable Value input) throws RejectedModelException {
        Value first = requireInput(node, input);
        Source source = first.source();
        int type = first.type();
        for (int i = 1; i < node.getInputCount(); i++) {
            if (!node.getInput(i).isEmpty()) {
                Value value = value(node, i);
                if (node.getOpType().equals("Pow") && value.source() == Source.CONSTANT) {
                    continue; // an integer exponent is converted; nothing is divided by it
                }
                source = value.source().compareTo(source) > 0 ? value.source() : source;
                type = FLOATS.contains(type) ? type : value.type();
                if (!FLOATS.contains(value.type()) || value.source() == Source.SHAPE) {
                    requireIntegers(node, value);
                }
            }
        }
        if (!FLOATS.contains(first.type()) || source == Source.SHAPE) {
            requireIntegers(node, new Value(source, first.type()));
        }
        return new Value(source, type);
    }

    /** Checks that an operator uses integers only from shapes and constants, and never divides them. */
    private void requireIntegers(NodeProto node, Value value) throws RejectedModelException {
        if (node.getOpType().equals("Div") || node.getOpType().equals("Pow")) {
            throw refused(
                    node,
                    "computes with integers: an integer division by zero crashes the process that runs the model. Use float32");
        }
        if (value.source() == Source.SHAPE) {
            requireOnShapes(node);
        } else if (value.source() == Source.IMAGE) {
            requireFloats(node, value, false);
        }
    }

    /** The source of the values of an element-wise operator; a shape is not allowed. */
    private Source elementwise(NodeProto node, @Nullable Value input) throws RejectedModelException {
        Value first = requireInput(node, input);
        Source source = first.source();
        for (int i = 0; i < node.getInputCount(); i++) {
            Value value = value(node, i);
            if (value.source() == Source.SHAPE) {
                requireOnShapes(node);
            }
            source = value.source().compareTo(source) > 0 ? value.source() : source;
        }
        return source;
    }

    private Value quantised(NodeProto node, @Nullable Value input) throws RejectedModelException {
        Value first = requireInput(node, input);
        Source source = first.source();
        for (int i = 1; i < node.getInputCount(); i++) {
            Value value = node.getInput(i).isEmpty() ? first : value(node, i);
            if (value.source() == Source.SHAPE || value.source() == Source.UNUSABLE) {
                throw refused(node, "uses the dimensions of a shape as values; export the model without that");
            }
            source = value.source().compareTo(source) > 0 ? value.source() : source;
        }
        int type =
                switch (node.getOpType()) {
                    case "DequantizeLinear" -> value(node, 1).type();
                    case "ConvInteger", "MatMulInteger" -> DataType.INT32_VALUE;
                    case "QuantizeLinear" ->
                        node.getInputCount() > 2 ? value(node, 2).type() : DataType.UINT8_VALUE;
                    default -> first.type();
                };
        return new Value(source, type);
    }

    private Value special(NodeProto node, @Nullable Value input) throws RejectedModelException {
        switch (node.getOpType()) {
            case "Constant" -> {
                return new Value(Source.CONSTANT, constantType(node));
            }
            case "Shape" -> {
                Value first = requireInput(node, input);
                return new Value(
                        first.source() == Source.CONSTANT ? Source.CONSTANT : Source.SHAPE, DataType.INT64_VALUE);
            }
            case "Where" -> {
                Source source = elementwise(node, input);
                int type = node.getInputCount() > 1 ? value(node, 1).type() : 0;
                requireFloats(node, new Value(source, type), false);
                return new Value(source, type);
            }
            case "Cast" -> {
                return cast(node, requireInput(node, input));
            }
            case "Reshape" -> {
                Value first = requireInput(node, input);
                Value shape = node.getInputCount() > 1 ? value(node, 1) : new Value(Source.IMAGE, 0);
                if (first.source() == Source.SHAPE && shape.source() != Source.CONSTANT
                        || shape.source() != Source.CONSTANT && shape.source() != Source.SHAPE) {
                    throw refused(
                            node,
                            "uses a shape that is computed from the image; only constants and dimensions of tensors are supported");
                }
                return first;
            }
            default -> { // Identity, Concat
                Value first = requireInput(node, input);
                Source source = first.source();
                for (int i = 1; i < node.getInputCount(); i++) {
                    Value value = value(node, i);
                    if (value.type() != first.type() || mixesShapes(source, value.source())) {
                        throw refused(node, "combines values of different kinds; export the model again");
                    }
                    source = value.source().compareTo(source) > 0 ? value.source() : source;
                }
                return new Value(source, first.type());
            }
        }
    }

    private static boolean mixesShapes(Source one, Source other) {
        return one != other
                && (one == Source.SHAPE || other == Source.SHAPE)
                && (one == Source.IMAGE || other == Source.IMAGE);
    }

    private Value cast(NodeProto node, Value first) throws RejectedModelException {
        int to = (int) OnnxProtos.attribute(node, "to")
                .map(AttributeProto::getI)
                .orElse(0L)
                .longValue();
        if (first.source() == Source.IMAGE && !FLOATS.contains(to)) {
            throw refused(node, "converts image content to integers or booleans; use float32 throughout");
        }
        if (first.source() == Source.SHAPE && !INDICES.contains(to)) {
            throw refused(node, "converts the dimensions of a shape to values; export the model without that");
        }
        return new Value(first.source(), to);
    }

    private static int constantType(NodeProto node) throws RejectedModelException {
        if (node.getAttributeCount() == 1) {
            AttributeProto attribute = node.getAttribute(0);
            switch (attribute.getName()) {
                case "value" -> {
                    requireSound(attribute.getT(), "The value of operator Constant " + node.getName());
                    return attribute.getT().getDataType();
                }
                case "value_float", "value_floats" -> {
                    return DataType.FLOAT_VALUE;
                }
                case "value_int", "value_ints" -> {
                    return DataType.INT64_VALUE;
                }
                default -> {
                    // refused below
                }
            }
        }
        throw refused(node, "has no value, or one of an unsupported kind; use a tensor of numbers");
    }

    private void requireOnShapes(NodeProto node) throws RejectedModelException {
        if (!ON_SHAPES.contains(node.getOpType())) {
            throw refused(
                    node,
                    "computes with the dimensions of a shape; only selecting, concatenating and multiplying for a Reshape is supported. Export the model with constant shapes");
        }
    }

    private static void requireFloats(NodeProto node, Value value, boolean orBytes) throws RejectedModelException {
        boolean bytes = value.type() == DataType.UINT8_VALUE || value.type() == DataType.INT8_VALUE;
        if (!FLOATS.contains(value.type()) && !(orBytes && bytes)) {
            throw refused(node, "computes with integers from the image; use float32");
        }
    }

    private static Value requireInput(NodeProto node, @Nullable Value input) throws RejectedModelException {
        if (input == null) {
            throw refused(node, "has no input; export the model again");
        }
        return input;
    }

    private Value value(NodeProto node, int index) throws RejectedModelException {
        Value value = values.get(node.getInput(index));
        if (value == null) {
            throw refused(
                    node,
                    "uses %s, which no operator before it produces; export the model again, with its operators in execution order"
                            .formatted(node.getInput(index)));
        }
        if (value.source() == Source.UNUSABLE) {
            throw refused(
                    node,
                    "uses %s, a second output of another operator, which is not supported"
                            .formatted(node.getInput(index)));
        }
        return value;
    }

    private static void requireSoundAttributes(NodeProto node) throws RejectedModelException {
        for (AttributeProto attribute : node.getAttributeList()) {
            OptionalLong least = least(attribute.getName());
            List<Long> numbers = attribute.getIntsCount() > 0
                    ? attribute.getIntsList()
                    : attribute.getType() == AttributeProto.AttributeType.INT ? List.of(attribute.getI()) : List.of();
            for (long number : numbers) {
                boolean index = Set.of("ends", "starts", "seed").contains(attribute.getName());
                if (!index && Math.abs(number) > MAX_EXTENT
                        || number == Long.MIN_VALUE && !index
                        || least.isPresent() && number < least.getAsLong()) {
                    throw refused(
                            node,
                            "has the attribute %s = %s; supported are %d to %,d"
                                    .formatted(attribute.getName(), number, least.orElse(-MAX_EXTENT), MAX_EXTENT));
                }
            }
        }
    }

    private static OptionalLong least(String attribute) {
        if (attribute.equals("block_size")) {
            return OptionalLong.of(0); // 0, its default, is for no blocks
        }
        return FROM_ONE.contains(attribute) ? OptionalLong.of(1) : OptionalLong.empty();
    }

    /** Checks that the number of values matches the shape. */
    private static void requireSound(TensorProto tensor, String what) throws RejectedModelException {
        long elements = 1;
        for (long extent : tensor.getDimsList()) {
            if (extent < 0 || extent > OnnxFile.MAX_BYTES || elements * Math.max(1, extent) > OnnxFile.MAX_BYTES) {
                throw new RejectedModelException(
                        "%s has the shape %s, which is too large or negative; export the model again."
                                .formatted(what, tensor.getDimsList()));
            }
            elements *= extent;
        }
        int width = OnnxProtos.width(tensor.getDataType());
        if (width == 0) {
            throw new RejectedModelException(
                    "%s has values of type %d; use numbers, preferably float32.".formatted(what, tensor.getDataType()));
        }
        long present = tensor.hasRawData() ? tensor.getRawData().size() / width : OnnxProtos.listed(tensor);
        if (present != elements) {
            throw new RejectedModelException("%s has the shape %s but holds %,d values; export the model again."
                    .formatted(what, tensor.getDimsList(), present));
        }
    }

    private static RejectedModelException refused(NodeProto node, String why) {
        String name = node.getName().isEmpty() ? "" : " (node %s)".formatted(node.getName());
        return new RejectedModelException("Operator %s%s %s.".formatted(node.getOpType(), name, why));
    }
}
