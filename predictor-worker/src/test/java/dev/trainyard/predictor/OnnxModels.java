package dev.trainyard.predictor;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.trainyard.message.WireJson;
import dev.trainyard.trust.TrustPack;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;

/** Small real models as predictors serve them: flatten, one dense layer, softmax. */
public final class OnnxModels {
    private static final int PIXELS = 784;
    private static final int CLASSES = 10;

    private OnnxModels() {}

    /** Predicts {@code digit} for every image. */
    public static byte[] thatAlwaysAnswers(int digit) {
        float[] bias = new float[CLASSES];
        bias[digit] = 10;
        return dense("image", new float[PIXELS * CLASSES], bias);
    }

    /** Predicts the index of the brightest of the first ten pixels. */
    public static byte[] thatFindsTheBrightOfTheFirstTenPixels() {
        float[] weights = new float[PIXELS * CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            weights[i * CLASSES + i] = 10;
        }
        return dense("image", weights, new float[CLASSES]);
    }

    /**
     * As {@link #thatFindsTheBrightOfTheFirstTenPixels}, with a trust pack: the surer, the better the shape fits, so a
     * image without a bright pixel is an outlier, and so is one with much more ink than one pixel's.
     */
    public static byte[] thatTrustsOnlyBrightPixels() {
        return trusting(new TrustPack(
                TrustPack.VERSION,
                2,
                new TrustPack.PredictionSets(0.95, 0.0009),
                new TrustPack.OutlierDetector(
                        "test",
                        2.5,
                        0.95,
                        0.5,
                        Collections.nCopies(CLASSES, new TrustPack.MeanAndDeviation(Math.log(0.01), 1)),
                        Collections.nCopies(CLASSES, new TrustPack.MeanAndDeviation(-5, 1))),
                null,
                null,
                null));
    }

    public static byte[] trusting(TrustPack pack) {
        ModelProto.Builder model = parse(thatFindsTheBrightOfTheFirstTenPixels());
        model.getGraphBuilder()
                .addNode(node("Identity", List.of("scores"), TrustPack.LOGITS))
                .addNode(node("Identity", List.of("probabilities"), TrustPack.SHAPE_FIT))
                .addOutput(value(TrustPack.LOGITS, CLASSES))
                .addOutput(value(TrustPack.SHAPE_FIT, CLASSES));
        return withPack(model, pack);
    }

    /** A trust pack without the model outputs that it needs. */
    public static byte[] withoutWhatItsPackNeeds() {
        return withPack(parse(thatAlwaysAnswers(1)), null);
    }

    private static byte[] withPack(ModelProto.Builder model, TrustPack pack) {
        return model.addMetadataProps(StringStringEntryProto.newBuilder()
                        .setKey(TrustPack.ONNX_KEY)
                        .setValue(new String(WireJson.write(pack), StandardCharsets.UTF_8)))
                .build()
                .toByteArray();
    }

    private static ModelProto.Builder parse(byte[] onnx) {
        try {
            return ModelProto.parseFrom(onnx).toBuilder();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] withInput(String name) {
        return dense(name, new float[PIXELS * CLASSES], new float[CLASSES]);
    }

    /** Returns NaN for every image, like a diverged training. */
    public static byte[] thatAnswersNothingFinite() {
        float[] bias = new float[CLASSES];
        bias[0] = Float.NaN;
        return dense("image", new float[PIXELS * CLASSES], bias);
    }

    /** Returns integers. */
    public static byte[] thatAnswersIntegers() {
        ModelProto.Builder model = parse(thatAlwaysAnswers(1));
        model.getGraphBuilder().setNode(2, cast("scores", 6, "probabilities"));
        model.getGraphBuilder()
                .getOutputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .setElemType(6);
        return model.build().toByteArray();
    }

    /** Returns a sequence of tensors. */
    public static byte[] thatAnswersASequence() {
        ModelProto.Builder model = parse(thatAlwaysAnswers(1));
        ValueInfoProto.Builder output = model.getGraphBuilder()
                .setNode(2, node("SequenceConstruct", List.of("scores"), "probabilities"))
                .getOutputBuilder(0);
        TypeProto tensor = output.getType();
        output.setType(TypeProto.newBuilder()
                .setSequenceType(TypeProto.Sequence.newBuilder().setElemType(tensor)));
        return model.build().toByteArray();
    }

    /** Accepts any number of images but reduces them to one. */
    public static byte[] thatTakesOneImageAtATime() {
        ModelProto.Builder model = parse(thatAlwaysAnswers(1));
        model.getGraphBuilder()
                .addInitializer(TensorProto.newBuilder()
                        .setName("one")
                        .setDataType(TensorProto.DataType.INT64_VALUE)
                        .addDims(2)
                        .addInt64Data(1)
                        .addInt64Data(PIXELS))
                .setNode(0, node("Reshape", List.of("image", "one"), "flat"));
        return model.build().toByteArray();
    }

    /** Divides integers by 0, which ends the process, if the brightest pixel is black, as at the warm-up. */
    public static byte[] crashingOnABlankImage() {
        return dividing(0);
    }

    /** Divides integers by 0, which ends the process, if the brightest pixel is white; the warm-up succeeds. */
    public static byte[] thatEndsTheProcessForAWhitePixel() {
        return dividing(255);
    }

    /** Divides by the difference of the brightest pixel, 0 to 255, and {@code pixel}; the scores are unchanged. */
    private static byte[] dividing(int pixel) {
        ModelProto.Builder model = parse(thatAlwaysAnswers(1));
        NodeProto softmax = node("Softmax", List.of("shifted"), "probabilities").toBuilder()
                .addAttribute(AttributeProto.newBuilder()
                        .setName("axis")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(1))
                .build();
        model.getGraphBuilder()
                .addInitializer(tensor("pixels", new float[] {255}))
                .addInitializer(tensor("pixel", new float[] {pixel}))
                .addInitializer(tensor("nothing", new float[] {0}))
                .addInitializer(
                        TensorProto.newBuilder().setName("whole").setDataType(6).addInt32Data(1000))
                .setNode(
                        2,
                        node("ReduceMax", List.of("flat"), "brightest").toBuilder()
                                .addAttribute(AttributeProto.newBuilder()
                                        .setName("keepdims")
                                        .setType(AttributeProto.AttributeType.INT)
                                        .setI(0)))
                .addNode(node("Mul", List.of("brightest", "pixels"), "brightness"))
                .addNode(node("Sub", List.of("brightness", "pixel"), "difference"))
                .addNode(cast("difference", 6, "divisor"))
                .addNode(node("Div", List.of("whole", "divisor"), "quotient"))
                .addNode(cast("quotient", 1, "real"))
                .addNode(node("Mul", List.of("real", "nothing"), "shift"))
                .addNode(node("Add", List.of("scores", "shift"), "shifted"))
                .addNode(softmax);
        return model.build().toByteArray();
    }

    /** The same model as another file. */
    public static byte[] labelled(byte[] onnx, String label) {
        return parse(onnx).setProducerName(label).build().toByteArray();
    }

    private static NodeProto cast(String input, int type, String output) {
        return node("Cast", List.of(input), output).toBuilder()
                .addAttribute(AttributeProto.newBuilder()
                        .setName("to")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(type))
                .build();
    }

    private static byte[] dense(String input, float[] weights, float[] bias) {
        GraphProto graph = GraphProto.newBuilder()
                .setName("test")
                .addInput(value(input, 1, 28, 28))
                .addInitializer(tensor("weights", weights, PIXELS, CLASSES))
                .addInitializer(tensor("bias", bias, CLASSES))
                .addNode(node("Flatten", List.of(input), "flat"))
                .addNode(node("Gemm", List.of("flat", "weights", "bias"), "scores"))
                .addNode(node("Softmax", List.of("scores"), "probabilities").toBuilder()
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("axis")
                                .setType(AttributeProto.AttributeType.INT)
                                .setI(1)))
                .addOutput(value("probabilities", CLASSES))
                .build();
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static NodeProto node(String operator, List<String> inputs, String output) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addAllInput(inputs)
                .addOutput(output)
                .build();
    }

    private static TensorProto tensor(String name, float[] values, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(1);
        for (long extent : shape) {
            tensor.addDims(extent);
        }
        for (float value : values) {
            tensor.addFloatData(value);
        }
        return tensor.build();
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
                                TypeProto.Tensor.newBuilder().setElemType(1).setShape(dimensions)))
                .build();
    }
}
