package dev.trainyard.trainer.imports;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.onnx.OnnxFiles;
import dev.trainyard.trainer.onnx.RejectedModelException;
import dev.trainyard.trainer.variant.DenseModels;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Models of allowed operators that behave badly once they run as predictors run them. */
class TrialRunsTest {
    private static final ImageShape SHAPE = new ImageShape(1, 28, 28);
    private static final long GIGABYTE = 1L << 30;

    /** The first session of a process takes processor time that is not the model's. */
    @BeforeAll
    static void loadTheRuntime() throws RejectedModelException {
        tried(DenseModels.model(2, 1), 2, GIGABYTE);
    }

    @Test
    void aModelOfTheExporterRunsOnWhateverPredictorsAreSent() {
        assertThatCode(() -> tried(DenseModels.model(2, 1), 2, GIGABYTE)).doesNotThrowAnyException();
    }

    @Test
    void aModelWhoseAnswerToABlankPictureIsNoNumberIsRefused() {
        refused(OnnxFiles.isNoNumberForABlankPicture(), "For 1 blank image(s) the model's probabilities add up to NaN");
    }

    /** The batch's largest logit is added to each, so that a picture is answered otherwise beside others. */
    @Test
    void aModelThatMixesThePicturesOfABatchIsRefused() {
        refused(OnnxFiles.mixesPictures(), "another result for an image in a batch of 2");
    }

    @Test
    void aModelThatMixesBrightPicturesAloneIsRefused() {
        refused(OnnxFiles.mixesBrightPictures(), "another result for an image in a batch of 32");
    }

    @Test
    void aModelWhoseOutputHasAnotherShapeForMorePicturesIsRefused() {
        refused(OnnxFiles.givesOneRowForManyPictures(), "of shape [1, 10]; expected [2, 10]");
    }

    /** Each picture is multiplied with each other, so that 785 of them take 600,000 times as much as one. */
    @Test
    void aModelThatTakesMuchMemoryForManyPicturesOnlyIsRefused() {
        assertThatThrownBy(() -> tried(OnnxFiles.comparesAllPictures(), 60, 200 << 20))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageMatching("While it answered (32|64|785) .*MB of memory; at most 200 are allowed.*");
    }

    @Test
    void aModelThatIsSlowForManyPicturesOnlyIsRefused() {
        assertThatThrownBy(() -> tried(OnnxFiles.comparesAllPictures(), 0.03, 64 * GIGABYTE))
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
            // the step ends by itself here, and is refused then
        });
        TrialRuns.of(served, SHAPE, 10, watch, seconds);
    }
}
