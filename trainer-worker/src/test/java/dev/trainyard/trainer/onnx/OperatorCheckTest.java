package dev.trainyard.trainer.onnx;

import static dev.trainyard.trainer.onnx.OnnxFiles.taking;
import static dev.trainyard.trainer.onnx.OnnxFiles.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.trainyard.engine.Digits;
import dev.trainyard.engine.onnx.OnnxProtos;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.data.ImportedFiles;
import dev.trainyard.trainer.variant.DenseModels;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Allowed and rejected operators of imported files. */
class OperatorCheckTest {
    private static final ImageShape SHAPE = new ImageShape(1, 28, 28);

    @Test
    void anIntegerDivisionByImageContentIsRejected() {
        refused(OnnxFiles.dividesByTheSumOfAnImage(), "Operator Cast (node whole) converts image content to integers");
        refused(
                taking(0, 1, 28, 28)
                        .longs("one", 1)
                        .node("Shape", "extents", "image")
                        .node("Div", "divided", "extents", "one")
                        .node("Reshape", "same", "image", "divided")
                        .logitsAnd("same"),
                "Operator Div (node divided) computes with integers: an integer division by zero");
        refused(
                taking(0, 1, 28, 28)
                        .longs("one", 1)
                        .longs("none", 0)
                        .node("Div", "divided", "one", "none")
                        .node("Reshape", "same", "image", "divided")
                        .logitsAnd("same"),
                "Operator Div (node divided)");
        refused(
                taking(0, 1, 28, 28).node("Mod", "rest", "image", "image").logitsAnd("rest"),
                "Operator Mod (node rest) divides integers");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NonZero",
                "Unique",
                "Compress",
                "NonMaxSuppression",
                "RoiAlign",
                "TopK",
                "If",
                "Loop",
                "Scan",
                "SequenceMap",
                "ConstantOfShape",
                "Expand",
                "Tile",
                "Range",
                "Resize",
                "Upsample",
                "EyeLike",
                "OneHot",
                "ScatterND",
                "GatherND",
                "LSTM",
                "RandomUniform",
                "Mod",
                "BitShift",
                "Einsum",
                "StringNormalizer",
                "ArgMax",
                "CumSum",
                "DepthToSpace",
                "ImageDecoder"
            })
    void otherOperatorsAreRejectedWithNameAndNode(String operator) {
        refused(
                taking(0, 1, 28, 28).node(operator, "somewhere", "image").logitsAnd("somewhere"),
                "Operator %s (node somewhere)".formatted(operator));
    }

    @Test
    void shapesAreConstantsOrExtentsOfOtherTensors() throws Exception {
        accepted(TorchModel.viewOfItsOwnSize());
        accepted(TorchModel.viewOfFixedSize());
        refused(
                taking(0, 1, 28, 28)
                        .node("Cast", "pixels", "image", to(DataType.INT64))
                        .node("Reshape", "odd", "image", "pixels")
                        .logitsAnd("odd"),
                "Operator Cast (node pixels)");
        refused(
                taking(0, 1, 28, 28)
                        .node("Shape", "extents", "image")
                        .node("Cast", "numbers", "extents", to(DataType.FLOAT))
                        .logitsAnd("numbers"),
                "Operator Cast (node numbers) converts the dimensions of a shape to values");
        refused(
                taking(0, 1, 28, 28)
                        .node("Shape", "extents", "image")
                        .node("Sub", "none", "extents", "extents")
                        .node("Reshape", "odd", "image", "none")
                        .logitsAnd("odd"),
                "Operator Sub (node none) computes with the dimensions");
        refused(
                taking(0, 1, 28, 28)
                        .node("Shape", "extents", "image")
                        .node("Pad", "padded", "image", "extents")
                        .logitsAnd("padded"),
                "Operator Pad (node padded) has the computed input extents");
    }

    @Test
    void attributesUsedAsDivisorsMustBePositive() {
        for (String name : List.of("strides", "kernel_shape")) {
            refused(
                    taking(0, 1, 28, 28)
                            .node("MaxPool", "pooled", "image", OnnxProtos.integers(name, 0, 2))
                            .logitsAnd("pooled"),
                    "Operator MaxPool (node pooled) has the attribute %s = 0".formatted(name));
        }
        refused(
                taking(0, 1, 28, 28)
                        .weights("w", 1, 1, 3, 3)
                        .node("Conv", "convolved", "image", "w", OnnxProtos.integer("group", 0))
                        .logitsAnd("convolved"),
                "has the attribute group = 0");
        refused(
                taking(0, 1, 28, 28)
                        .weights("w", 1, 1, 3, 3)
                        .node("Conv", "convolved", "image", "w", OnnxProtos.integers("pads", 0, 0, 1L << 40, 0))
                        .logitsAnd("convolved"),
                "has the attribute pads = 1099511627776");
    }

    /** Only the unsupported output is rejected, not the others that every such model uses. */
    @Test
    void operatorsThatDependOnTheWholeBatchAreRejected() {
        refused(
                taking(0, 1, 28, 28)
                        .node("DynamicQuantizeLinear", "bytes", "image")
                        .logitsAnd("bytes"),
                "Operator DynamicQuantizeLinear (node bytes) chooses its quantization by the whole batch");
    }

    @Test
    void aBlockSizeOfZeroMeansNoBlocks() throws Exception {
        accepted(inBlocksOf(0));
        refused(inBlocksOf(-1), "has the attribute block_size = -1; supported are 0 to");
    }

    private static byte[] inBlocksOf(long size) {
        return taking(0, 1, 28, 28)
                .opset(21, 10)
                .with(OnnxProtos.tensor(
                        "bytes", DataType.UINT8, OnnxProtos.buffer(1).put((byte) 1), 1))
                .with(OnnxProtos.floats("scale", new float[] {1}))
                .node("DequantizeLinear", "half", "bytes", "scale", OnnxProtos.integer("block_size", size))
                .node("Mul", "halved", "image", "half")
                .node("Flatten", "flat", "halved")
                .logits("flat");
    }

    @Test
    void weightsMustHaveAsManyValuesAsTheirShape() {
        TensorProto huge = TensorProto.newBuilder()
                .setName("huge")
                .setDataType(DataType.FLOAT_VALUE)
                .addDims(1L << 40)
                .build();
        refused(
                taking(0, 1, 28, 28)
                        .with(huge)
                        .node("Add", "sum", "image", "huge")
                        .logitsAnd("sum"),
                "Weight huge has the shape");
        TensorProto none = huge.toBuilder().clearDims().addDims(1 << 20).build();
        refused(
                taking(0, 1, 28, 28)
                        .with(none)
                        .node("Add", "sum", "image", "huge")
                        .logitsAnd("sum"),
                "but holds 0 values");
        TensorProto text =
                huge.toBuilder().clearDims().setDataType(DataType.STRING_VALUE).build();
        refused(
                taking(0, 1, 28, 28)
                        .with(text)
                        .node("Add", "sum", "image", "huge")
                        .logitsAnd("sum"),
                "values of type 8");
    }

    @Test
    void anOperatorOfALaterOpsetIsRejectedWithThatOpset() {
        refused(
                taking(0, 1, 28, 28)
                        .opset(13, 7)
                        .node("HardSwish", "hard", "image")
                        .logitsAnd("hard"),
                "Operator HardSwish (node hard) is not part of ONNX opset 13, but of 14 and later");
    }

    @Test
    void exportedModelsAreAccepted() throws Exception {
        accepted(ImportedFiles.read("conv.onnx"));
        byte[] own = DenseModels.model(2, 1);
        byte[] int8 = Int8Graph.of(own, Digits.train(100), () -> {});
        byte[] shapeFit = EdgeDetectorGraph.withShapeFit(own, new float[196][90], 10);
        for (byte[] made :
                List.of(own, int8, Fp16Graph.of(own), Fp16Graph.ofWeights(own), shapeFit, Fp16Graph.of(shapeFit))) {
            assertThatCode(() -> OnnxFile.requireSafe(made, "image")).doesNotThrowAnyException();
        }
        assertThat(OperatorRules.all()).contains("Conv", "Gemm");
    }

    /** tf2onnx writes ELU and ThresholdedReLU as an element-wise choice. */
    @Test
    void comparisonsMaySelectValuesButNotShapes() throws Exception {
        accepted(taking(0, 1, 28, 28)
                .with(OnnxProtos.floats("half", new float[] {0.5f}))
                .node("Flatten", "flat", "image")
                .node("Greater", "above", "flat", "half")
                .node("Cast", "mask", "above", to(DataType.FLOAT))
                .node("Mul", "masked", "flat", "mask")
                .node("Where", "chosen", "above", "masked", "flat")
                .logits("chosen"));
        refused(
                taking(0, 1, 28, 28)
                        .node("Shape", "extents", "image")
                        .node("Greater", "above", "extents", "extents")
                        .node("Where", "chosen", "above", "extents", "extents")
                        .node("Reshape", "odd", "image", "chosen")
                        .logitsAnd("odd"),
                "Operator Greater (node above) computes with the dimensions");
        refused(
                taking(0, 1, 28, 28)
                        .with(OnnxProtos.floats("half", new float[] {0.5f}))
                        .longs("one", 1)
                        .longs("two", 2)
                        .node("Greater", "above", "image", "half")
                        .node("Where", "chosen", "above", "one", "two")
                        .node("Reshape", "odd", "image", "chosen")
                        .logitsAnd("odd"),
                "Operator Where (node chosen) computes with integers from the image");
    }

    @Test
    void concatenationAcceptsImagesAndConstantsButNotShapes() throws Exception {
        accepted(taking(0, 1, 28, 28)
                .weights("half", 1, 14)
                .node("Flatten", "flat", "image")
                .node("Slice", "left", "flat", "from", "to", "axis")
                .longs("from", 0)
                .longs("to", 392)
                .longs("axis", 1)
                .node("Relu", "relu", "left")
                .node("Concat", "both", "left", "relu", OnnxProtos.integer("axis", 1))
                .logits("both"));
        refused(
                taking(0, 1, 28, 28)
                        .node("Shape", "extents", "image")
                        .node("Concat", "odd", "image", "extents", OnnxProtos.integer("axis", 1))
                        .logitsAnd("odd"),
                "Operator Concat (node odd) combines values of different kinds");
    }

    private static void accepted(byte[] onnx) throws Exception {
        assertThat(OnnxFile.read(onnx, SHAPE)).isNotNull();
    }

    private static void refused(byte[] onnx, String sentence) {
        assertThatThrownBy(() -> OnnxFile.read(onnx, SHAPE))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining(sentence);
    }
}
