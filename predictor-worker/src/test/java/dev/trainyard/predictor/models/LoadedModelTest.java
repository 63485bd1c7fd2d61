package dev.trainyard.predictor.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.predictor.OnnxModels;
import dev.trainyard.trust.TrustPack;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadedModelTest {

    @Test
    void aBatchHasOneResultPerImage() throws Exception {
        LoadedModel model = LoadedModel.load("M", 1, OnnxModels.thatFindsTheBrightOfTheFirstTenPixels());
        FloatBuffer images = LoadedModel.imageBuffer(3);
        images.put(2, 1f);
        images.put(LoadedModel.IMAGE_SIZE + 5, 1f);

        float[] probabilities = model.run(images, 2);

        assertThat(probabilities).hasSize(20);
        assertThat(probabilities[2]).isGreaterThan(0.99f);
        assertThat(probabilities[10 + 5]).isGreaterThan(0.99f);
        model.close();
    }

    @Test
    void aFileOtherThanAnOnnxModelIsRejected() {
        assertThatThrownBy(() -> LoadedModel.load("M", 1, new byte[] {1, 2, 3}))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageContaining("ONNX Runtime rejects it");
    }

    @Test
    void aModelWithAnotherInputShapeIsRejected() {
        assertThatThrownBy(() -> LoadedModel.load("M", 1, OnnxModels.withInput("pixels")))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageContaining("inputs [pixels]")
                .hasMessageContaining("expected input image");
    }

    @Test
    void aModelWithoutFiniteOutputsIsRefused() {
        assertThatThrownBy(() -> LoadedModel.load("M", 1, OnnxModels.thatAnswersNothingFinite()))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageContaining("add up to NaN");
    }

    @Test
    void aModelWithoutAFloatOutputIsRejected() {
        for (byte[] onnx : List.of(OnnxModels.thatAnswersIntegers(), OnnxModels.thatAnswersASequence())) {
            assertThatThrownBy(() -> LoadedModel.load("M", 1, onnx))
                    .isInstanceOf(UnusableModelException.class)
                    .hasMessageContaining("output probabilities is")
                    .hasMessageContaining("expected a tensor of floats");
        }
    }

    @Test
    void aModelThatTakesOnlyOneImageAtATimeIsRefused() {
        assertThatThrownBy(() -> LoadedModel.load("M", 1, OnnxModels.thatTakesOneImageAtATime()))
                .isInstanceOf(UnusableModelException.class);
    }

    @Test
    void aModelCountsAtLeastTheSizeOfItsFile() throws Exception {
        byte[] onnx = OnnxModels.thatAlwaysAnswers(1);
        LoadedModel model = LoadedModel.load("M", 1, onnx);

        assertThat(model.bytes()).isGreaterThan(onnx.length).isEqualTo(LoadedModel.estimate(onnx.length));
        assertThat(LoadedModel.estimate(50_000_000) - LoadedModel.estimate(0))
                .as("the weights, as read and as packed for the kernels")
                .isEqualTo(100_000_000);
        model.close();
    }

    @Test
    void aTrustPackThatCannotBeAppliedIsRejected() {
        TrustPack later = new TrustPack(TrustPack.VERSION + 1, 1, null, null, null, null, null);
        assertThatThrownBy(() -> LoadedModel.load("M", 1, OnnxModels.trusting(later)))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageContaining("trust pack of version 2");
        assertThatThrownBy(() -> LoadedModel.load("M", 1, OnnxModels.trusting(null)))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageContaining("trust pack");
        assertThatThrownBy(() -> LoadedModel.load("M", 1, OnnxModels.withoutWhatItsPackNeeds()))
                .isInstanceOf(UnusableModelException.class)
                .hasMessageContaining("the outputs logits and shape_fit");
    }
}
