package dev.trainyard.trainer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.Digits;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.dl4j.Dl4jEngine;
import dev.trainyard.engine.onnx.OnnxProtos;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.Activation;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import dev.trainyard.trust.TrustEvaluator;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** 8-bit and half-precision variants of a network with every kind of layer and an outlier detector. */
class LowPrecisionTest {
    private static final ImageDataset TRAINING = Digits.train(640);
    private static final ImageDataset IMAGES = Digits.test(500);
    private static final List<String> OUTPUTS = List.of("probabilities", "logits", "features", "shape_fit");
    private static final List<String> LOGITS = List.of("logits");

    @ParameterizedTest
    @EnumSource(
            value = Activation.class,
            names = {"RELU", "TANH", "SOFTPLUS", "LINEAR"})
    void the8BitVariantGivesThePredictionsOfTheModel(Activation activation) throws Exception {
        byte[] model = model(activation);
        byte[] int8 = Int8Graph.of(model, TRAINING, () -> {});

        assertThat(sameDigits(model, int8)).isGreaterThan(0.97);
        assertThat(operators(int8, "QuantizeLinear")).isEqualTo(5);
        assertThat(OnnxMl.ModelProto.parseFrom(int8).getGraph().getInitializerList())
                .filteredOn(tensor -> tensor.getDataType() == OnnxMl.TensorProto.DataType.INT8_VALUE)
                .extracting(OnnxMl.TensorProto::getName)
                .contains("w_0/q", "w_2/q", "w_4/q");
    }

    /** Operators with integer outputs, such as an image's shape, have no range of values. */
    @Test
    void aTorchGraphWithIntegerTensorsCanBeQuantized() throws Exception {
        for (byte[] file : List.of(TorchModel.viewOfItsOwnSize(), TorchModel.viewOfFixedSize())) {
            try (ImportedOnnx imported = ImportedOnnx.read(file, IMAGES, 10)) {
                byte[] model = imported.exportOnnx();
                byte[] int8 = Int8Graph.of(model, TRAINING, () -> {});
                assertThat(operators(int8, "QuantizeLinear")).isEqualTo(2);
                assertThat(sameDigits(model, int8)).isGreaterThan(0.97);
            }
        }
    }

    @Test
    void aNonFloatTensorIsReportedByName() throws Exception {
        OnnxMl.ModelProto.Builder shown = OnnxProtos.parse(TorchModel.viewOfItsOwnSize());
        shown.getGraphBuilder().getInputBuilder(0).setName("image");
        shown.getGraphBuilder().getNodeBuilder(0).setInput(0, "image");
        shown.getGraphBuilder().getNodeBuilder(7).setInput(0, "image");
        shown.getGraphBuilder().addOutput(OnnxMl.ValueInfoProto.newBuilder().setName("/Shape_output_0"));
        try (OnnxBatchRunner outputs = new OnnxBatchRunner(shown.build().toByteArray())) {
            assertThatThrownBy(() -> outputs.of(IMAGES, List.of("/Shape_output_0"), () -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("/Shape_output_0");
        }
    }

    @Test
    void theHalfPrecisionVariantGivesThePredictionsOfTheModel() throws Exception {
        byte[] model = model(Activation.RELU);
        for (byte[] half : List.of(Fp16Graph.of(model), Fp16Graph.ofWeights(model))) {
            assertThat(sameDigits(model, half)).isGreaterThan(0.99);
            assertThat(half.length).isLessThan(model.length);
        }
    }

    @Test
    void theOutlierDetectorIsBitIdentical() throws Exception {
        byte[] model = model(Activation.RELU);
        float[] fit = outputs(model).get(3);
        assertThat(outputs(Int8Graph.of(model, TRAINING, () -> {})).get(3)).isEqualTo(fit);
        assertThat(outputs(Fp16Graph.of(model)).get(3)).isEqualTo(fit);
        assertThat(outputs(Fp16Graph.ofWeights(model)).get(3)).isEqualTo(fit);
    }

    @Test
    void theSameModelAndImagesGiveTheSameBytes() throws Exception {
        byte[] model = model(Activation.RELU);
        assertThat(Int8Graph.of(model, TRAINING, () -> {})).isEqualTo(Int8Graph.of(model, TRAINING, () -> {}));
    }

    @Test
    void aStopEndsTheCalibration() throws Exception {
        byte[] model = model(Activation.RELU);
        assertThatThrownBy(() -> Int8Graph.of(model, TRAINING, () -> {
                    throw new CancellationException("stop");
                }))
                .isInstanceOf(CancellationException.class);
    }

    private static double sameDigits(byte[] model, byte[] form) throws Exception {
        float[] expected = outputs(model, LOGITS).get(0);
        float[] actual = outputs(form, LOGITS).get(0);
        int same = 0;
        for (int i = 0; i < IMAGES.size(); i++) {
            same += TrustEvaluator.largest(expected, i * 10, 10) == TrustEvaluator.largest(actual, i * 10, 10) ? 1 : 0;
        }
        return same / (double) IMAGES.size();
    }

    private static List<float[]> outputs(byte[] onnx) throws Exception {
        return outputs(onnx, OUTPUTS);
    }

    private static List<float[]> outputs(byte[] onnx, List<String> names) throws Exception {
        try (OnnxBatchRunner outputs = new OnnxBatchRunner(onnx)) {
            return outputs.of(IMAGES, names, () -> {});
        }
    }

    private static long operators(byte[] onnx, String type) throws Exception {
        return OnnxMl.ModelProto.parseFrom(onnx).getGraph().getNodeList().stream()
                .filter(node -> node.getOpType().equals(type))
                .count();
    }

    private static byte[] model(Activation activation) {
        NetworkSpec spec = new NetworkSpec(
                new ImageShape(1, 28, 28),
                List.of(
                        new LayerSpec.Convolution(3, 5, 2, activation),
                        new LayerSpec.MaxPooling(2),
                        new LayerSpec.Flatten(),
                        new LayerSpec.Dense(20, activation),
                        new LayerSpec.SoftmaxOutput(10)));
        try (EngineRun run = new Dl4jEngine().start(spec, new TrainArgs(32, 1, 0.002, Optimizer.ADAM, 3, 0))) {
            run.trainEpoch(TRAINING, (samples, loss) -> {});
            float[][] subspaces = new float[196][10];
            for (int i = 0; i < 196; i++) {
                subspaces[i][i % 10] = 0.2f;
            }
            return EdgeDetectorGraph.withShapeFit(run.exportOnnx(), subspaces, 10);
        }
    }
}
