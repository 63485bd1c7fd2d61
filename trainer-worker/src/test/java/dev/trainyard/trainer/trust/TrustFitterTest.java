package dev.trainyard.trainer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.engine.Digits;
import dev.trainyard.engine.EngineRun;
import dev.trainyard.engine.ExportGate;
import dev.trainyard.engine.dl4j.Dl4jEngine;
import dev.trainyard.job.Optimizer;
import dev.trainyard.job.TrainArgs;
import dev.trainyard.message.WireJson;
import dev.trainyard.network.Activation;
import dev.trainyard.network.ImageShape;
import dev.trainyard.network.LayerSpec;
import dev.trainyard.network.NetworkSpec;
import dev.trainyard.trainer.onnx.OnnxBatchRunner;
import dev.trainyard.trainer.onnx.OnnxExportGate;
import dev.trainyard.trust.TrustPack;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Fitting the trust pack of a small network. */
class TrustFitterTest {
    private static final ImageDataset TRAINING = Digits.train(4_000);
    private static final ImageDataset HELD_OUT = part(4_000, 5_500);
    private static final ImageDataset TEST = Digits.test(2_000);

    private static EngineRun run;
    private static TrustFitter.Fitted fitted;

    @BeforeAll
    static void trainAndFit() throws Exception {
        NetworkSpec spec = new NetworkSpec(
                new ImageShape(1, 28, 28),
                List.of(
                        new LayerSpec.Flatten(),
                        new LayerSpec.Dense(32, Activation.RELU),
                        new LayerSpec.SoftmaxOutput(10)));
        run = new Dl4jEngine().start(spec, new TrainArgs(32, 2, 0.003, Optimizer.ADAM, 3, 0));
        run.trainEpoch(TRAINING, (samples, loss) -> {});
        run.trainEpoch(TRAINING, (samples, loss) -> {});
        fitted = (TrustFitter.Fitted) fit(HELD_OUT);
    }

    @AfterAll
    static void close() {
        run.close();
    }

    @Test
    void theFileKeepsItsFirstOutputAndAddsLogitsFeaturesAndShapeFit() throws Exception {
        OnnxMl.ModelProto model = OnnxMl.ModelProto.parseFrom(fitted.onnx());
        assertThat(model.getGraph().getOutputList())
                .extracting(OnnxMl.ValueInfoProto::getName)
                .containsExactly("probabilities", "logits", "features", "shape_fit");
        assertThat(new OnnxExportGate().difference(fitted.onnx(), run, Digits.test(ExportGate.IMAGES)))
                .isLessThanOrEqualTo(ExportGate.TOLERANCE);
        try (OnnxBatchRunner outputs = new OnnxBatchRunner(fitted.onnx())) {
            List<float[]> all =
                    outputs.of(Digits.test(700), List.of("probabilities", "logits", "features", "shape_fit"), () -> {});
            assertThat(all).extracting(values -> values.length).containsExactly(7_000, 7_000, 700 * 32, 7_000);
            for (float share : all.get(3)) {
                assertThat(share).isBetween(0f, 1.0001f);
            }
        }
    }

    @Test
    void fileAndMetadataContainTheSamePack() throws Exception {
        OnnxMl.ModelProto model = OnnxMl.ModelProto.parseFrom(fitted.onnx());
        assertThat(model.getMetadataPropsList()).hasSize(1);
        assertThat(model.getMetadataProps(0).getKey()).isEqualTo("trainyard.trust");
        assertThat(WireJson.mapper().readValue(model.getMetadataProps(0).getValue(), TrustPack.class))
                .usingRecursiveComparison()
                .isEqualTo(fitted.pack());
    }

    @Test
    void theFiguresOfTheTestSplitMeetTheStatedTargets() {
        TrustPack pack = fitted.pack();
        assertThat(pack.test().images()).isEqualTo(2_000);
        assertThat(pack.fittedOn()).isEqualTo(new TrustPack.FittedOn(1_500, 4_000));
        // a wide tolerance for only 1,500 images; the bundled model is tested with one percentage point
        assertThat(pack.test().acceptance()).isBetween(0.91, 0.98);
        assertThat(pack.test().coverage()).isBetween(0.91, 0.98);
        assertThat(pack.test().accuracyAccepted()).isGreaterThan(0.9);
    }

    @Test
    void nothingIsFittedOnTheTestSplit() throws Exception {
        ImageDataset others = part(5_500, 5_700);
        TrustPack pack = ((TrustFitter.Fitted)
                        TrustFitter.fit(run.exportOnnx(), TRAINING, HELD_OUT, others, 10, () -> {}))
                .pack();

        assertThat(pack.outliers()).isEqualTo(fitted.pack().outliers());
        assertThat(pack.predictionSets()).isEqualTo(fitted.pack().predictionSets());
        assertThat(pack.temperature()).isEqualTo(fitted.pack().temperature());
        assertThat(pack.test().images()).isEqualTo(200);
    }

    @Test
    void theSameModelAndImagesGiveTheSameBytes() throws Exception {
        assertThat(fit(HELD_OUT).onnx()).isEqualTo(fitted.onnx());
    }

    @Test
    void withTooFewImagesTheModelIsUnchangedAndTheReasonReported() throws Exception {
        TrustFitter.Outcome none = fit(part(4_000, 4_999));

        assertThat(none).isInstanceOfSatisfying(TrustFitter.NotFitted.class, not -> assertThat(not.reason())
                .contains("999 images")
                .contains("validation_split"));
        assertThat(none.onnx()).isEqualTo(run.exportOnnx());
    }

    @Test
    void aStopEndsTheFit() {
        assertThatThrownBy(() -> TrustFitter.fit(run.exportOnnx(), TRAINING, HELD_OUT, TEST, 10, () -> {
                    throw new CancellationException("stop");
                }))
                .isInstanceOf(CancellationException.class);
    }

    private static TrustFitter.Outcome fit(ImageDataset heldOut) throws Exception {
        return TrustFitter.fit(run.exportOnnx(), TRAINING, heldOut, TEST, 10, () -> {});
    }

    private static ImageDataset part(int from, int to) {
        return Digits.train(to).select(IntStream.range(from, to).toArray());
    }
}
