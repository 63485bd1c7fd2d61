package dev.trainyard.trainer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.Digits;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.ExportGate;
import dev.trainyard.engine.dl4j.Dl4jEngine;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.network.Activation;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxExportGateTest {
    private static final ImageDataset IMAGES = Digits.test(ExportGate.IMAGES);

    private final OnnxExportGate gate = new OnnxExportGate();

    /** One network with every kind of layer, once for each activation. */
    @ParameterizedTest
    @EnumSource(Activation.class)
    void theExportGivesTheProbabilitiesOfTheEngine(Activation activation) throws Exception {
        try (EngineRun run = trained(activation)) {
            assertThat(gate.difference(run.exportOnnx(), run, IMAGES)).isLessThanOrEqualTo(ExportGate.TOLERANCE);
        }
    }

    @Test
    void aChangedWeightIsDetected() throws Exception {
        try (EngineRun run = trained(Activation.RELU)) {
            OnnxMl.ModelProto model = OnnxMl.ModelProto.parseFrom(run.exportOnnx());
            OnnxMl.TensorProto last = model.getGraph().getInitializer(4);
            byte[] raw = last.getRawData().toByteArray();
            raw[3] ^= 0x02; // into the exponent of the first weight
            OnnxMl.ModelProto.Builder moved = model.toBuilder();
            moved.getGraphBuilder().getInitializerBuilder(4).setRawData(ByteString.copyFrom(raw));
            assertThat(gate.difference(moved.build().toByteArray(), run, IMAGES))
                    .isGreaterThan(ExportGate.TOLERANCE);
        }
    }

    @Test
    void anInvalidModelIsAnError() {
        try (EngineRun run = trained(Activation.RELU)) {
            assertThatThrownBy(() -> gate.difference(new byte[] {1, 2, 3}, run, IMAGES))
                    .isInstanceOf(Exception.class);
        }
    }

    private static EngineRun trained(Activation activation) {
        NetworkSpec spec = new NetworkSpec(
                new ImageShape(1, 28, 28),
                List.of(
                        new LayerSpec.Convolution(3, 5, 2, activation),
                        new LayerSpec.MaxPooling(2),
                        new LayerSpec.Flatten(),
                        new LayerSpec.Dense(20, activation),
                        new LayerSpec.Dropout(0.3),
                        new LayerSpec.SoftmaxOutput(10)));
        EngineRun run = new Dl4jEngine().start(spec, new TrainArgs(32, 1, 0.002, Optimizer.ADAM, 3, 0));
        run.trainEpoch(Digits.train(320), (samples, loss) -> {});
        return run;
    }
}
