package dev.trainyard.trainer.imports;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.onnx.OnnxFiles;
import dev.trainyard.trainer.onnx.RejectedModelException;
import dev.trainyard.trainer.variant.DenseModels;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Models of allowed operators that misbehave when run like in a predictor. */
class TrialRunsTest {
    private static final ImageShape SHAPE = new ImageShape(1, 28, 28);
    private static final long GIGABYTE = 1L << 30;

    /** The first session of a process takes additional processor time, which differs much between machines. */
    @BeforeAll
    static void loadTheRuntime() throws RejectedModelException {
        tried(DenseModels.model(2, 1), 60, GIGABYTE);
    }

    @Test
    void anExportedModelRunsOnAllTrialImages() {
        assertThatCode(() -> tried(DenseModels.model(2, 1), 2, GIGABYTE)).doesNotThrowAnyException();
    }

    @Test
    void aModelThatReturnsNaNForABlankImageIsRejected() {
        refused(OnnxFiles.givesNaNForABlankImage(), "For 1 blank image(s) the model's probabilities add up to NaN");
    }

    /** The largest logit of the batch is added to each, so that the result of an image depends on the others. */
    @Test
    void aModelThatMixesTheImagesOfABatchIsRejected() {
        refused(OnnxFiles.mixesImages(), "another result for an image in a batch of 2");
    }

    @Test
    void aModelThatMixesOnlyBrightImagesIsRejected() {
        refused(OnnxFiles.mixesBrightImages(), "another result for an image in a batch of 32");
    }

    @Test
    void aModelWhoseOutputShapeDependsOnTheBatchIsRejected() {
        refused(OnnxFiles.returnsOneRowForAnyBatch(), "of shape [1, 10]; expected [2, 10]");
    }

    /** All pairs of images are multiplied, so that 785 images take 600,000 times as much as one. */
    @Test
    void aModelThatNeedsMuchMemoryForLargeBatchesIsRejected() {
        assertThatThrownBy(() -> tried(OnnxFiles.comparesAllImages(), 60, 200 << 20))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageMatching("While it answered (32|64|785) .*MB of memory; at most 200 are allowed.*");
    }

    @Test
    void aModelThatIsSlowForLargeBatchesIsRejected() {
        assertThatThrownBy(() -> tried(OnnxFiles.comparesAllImages(), 0.03, 64 * GIGABYTE))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageMatching("While it answered (32|64|785) .*used more than .* s of processor time.*");
    }

    private static void refused(byte[] onnx, String sentence) {
        assertThatThrownBy(() -> tried(onnx, 2, GIGABYTE))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining(sentence);
    }

    private static void tried(byte[] served, double seconds, long memory) throws RejectedModelException {
        StepWatchdog watch = new StepWatchdog(memory, refusal -> {
            // the step ends by itself and is rejected then
        });
        TrialRuns.of(served, SHAPE, 10, watch, seconds);
    }
}
