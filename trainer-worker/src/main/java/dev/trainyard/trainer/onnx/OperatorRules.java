package dev.trainyard.trainer.onnx;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The ONNX operators that an imported model may use, each with the first opset that has it. */
final class OperatorRules {
    /** Groups of operators with the same rules. */
    enum Group {
        /** Computes on floating-point values; all but its first input must be constants. */
        LAYER,
        /** Computes element by element, or over axes, on floating-point values. */
        ARITHMETIC,
        /** Moves values without computing; all but its first input must be constants. */
        MOVE,
        /** Returns booleans, element by element. */
        COMPARISON,
        /** Converts to or from 8-bit integers, or multiplies them. */
        QUANTISED,
        /** Has rules of its own in {@link OperatorCheck}. */
        SPECIAL
    }

    private record Rule(Group group, int since) {}

    private static final Map<String, Rule> RULES = new TreeMap<>();

    /** Reasons why some commonly used operators are not allowed. */
    private static final Map<String, String> REASONS = new TreeMap<>();

    static {
        allow(Group.LAYER, 1, "Conv", "ConvTranspose", "BatchNormalization", "InstanceNormalization", "LRN");
        allow(Group.LAYER, 1, "LpNormalization", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool");
        allow(Group.LAYER, 1, "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Sigmoid", "HardSigmoid", "Tanh");
        allow(Group.LAYER, 1, "Softplus", "Softsign", "Softmax", "LogSoftmax", "Clip", "Dropout");
        allow(Group.LAYER, 9, "MeanVarianceNormalization");
        allow(Group.LAYER, 10, "ThresholdedRelu");
        allow(Group.LAYER, 12, "Celu");
        allow(Group.LAYER, 14, "HardSwish");
        allow(Group.LAYER, 17, "LayerNormalization");
        allow(Group.LAYER, 18, "GroupNormalization", "Mish");
        allow(Group.LAYER, 20, "Gelu");
        allow(Group.ARITHMETIC, 1, "Gemm", "MatMul", "Add", "Sub", "Mul", "Div", "Min", "Max", "Sum", "Mean", "Pow");
        allow(Group.ARITHMETIC, 1, "Abs", "Neg", "Exp", "Log", "Sqrt", "Reciprocal", "Floor", "Ceil");
        allow(Group.ARITHMETIC, 9, "Erf", "Sign");
        allow(Group.ARITHMETIC, 11, "Round");
        allow(Group.LAYER, 1, "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceSumSquare", "ReduceL2");
        allow(Group.COMPARISON, 7, "Greater", "Less", "Equal", "And", "Or", "Not");
        allow(Group.COMPARISON, 12, "GreaterOrEqual", "LessOrEqual");
        allow(Group.MOVE, 1, "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Split", "Slice", "Gather", "Pad");
        allow(Group.QUANTISED, 10, "QuantizeLinear", "DequantizeLinear", "QLinearConv", "QLinearMatMul");
        allow(Group.QUANTISED, 10, "ConvInteger", "MatMulInteger");
        allow(Group.SPECIAL, 1, "Identity", "Concat", "Reshape", "Cast", "Shape", "Constant");
        allow(Group.SPECIAL, 9, "Where");

        String integers = "divides integers, where a division by zero crashes the process that runs the model";
        because(integers, "Mod", "BitShift");
        String shapes = "produces shapes that depend on the image content";
        because(shapes, "NonZero", "Unique", "Compress", "NonMaxSuppression", "RoiAlign", "TopK");
        because(shapes, "OneHot", "GatherND", "GatherElements", "ScatterND", "ScatterElements", "MaxRoiPool");
        String branches = "branches or loops, so that its time depends on the image";
        because(branches, "If", "Loop", "Scan", "SequenceMap", "RNN", "LSTM", "GRU");
        String growth = "can enlarge a small image arbitrarily";
        because(growth, "ConstantOfShape", "Expand", "Tile", "Range", "Resize", "Upsample", "EyeLike");
        because("gives random results", "RandomNormal", "RandomUniform", "Bernoulli", "Multinomial");
        because("gives random results", "RandomNormalLike", "RandomUniformLike");
        because(
                "chooses its quantization by the whole batch, so that the result for an image depends on the others; quantize the model statically, or not at all",
                "DynamicQuantizeLinear");
    }

    private OperatorRules() {}

    private static void allow(Group group, int since, String... operators) {
        for (String operator : operators) {
            RULES.put(operator, new Rule(group, since));
        }
    }

    private static void because(String reason, String... operators) {
        for (String operator : operators) {
            REASONS.put(operator, reason);
        }
    }

    /** The group of an operator in opset {@code opset}; null if it is not allowed. */
    static @Nullable Group group(String operator, long opset) {
        Rule rule = RULES.get(operator);
        return rule == null || opset < rule.since() ? null : rule.group();
    }

    /** The reason why an operator is not allowed, as the rest of a sentence that begins with it. */
    static String reason(String operator, long opset) {
        Rule rule = RULES.get(operator);
        if (rule != null) {
            return "is not part of ONNX opset %d, but of %d and later".formatted(opset, rule.since());
        }
        return REASONS.getOrDefault(operator, "is not among the supported operators");
    }

    static Set<String> all() {
        return RULES.keySet();
    }
}
