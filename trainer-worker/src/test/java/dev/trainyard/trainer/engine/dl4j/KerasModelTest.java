package dev.trainyard.trainer.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.ReferenceAnswers;
import dev.trainyard.trainer.data.Digits;
import dev.trainyard.trainer.data.ImportedFiles;
import dev.trainyard.trainer.engine.RejectedModelException;
import dev.trainyard.trainer.engine.TrainedModel;
import dev.trainyard.trainer.onnx.OnnxGate;
import dev.trainyard.trainer.run.ModelGate;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that Keras 2.15 wrote, against what Keras itself answered. */
class KerasModelTest {
    private static final ImageDataset IMAGES = Digits.test(64);

    /**
     * Convolutions, valid and same, with their channels last and the optimizer's state in the file; dense layers behind
     * a Flatten of (28, 28); a functional model with activations as layers, no bias, and logits at its end.
     */
    @ParameterizedTest
    @ValueSource(strings = {"conv", "dense", "functional"})
    void answersAsKerasDoes(String name) throws Exception {
        ReferenceAnswers keras = ReferenceAnswers.read(ImportedFiles.path(name + ".npz"), 28, 28, 10);
        try (TrainedModel model = read(ImportedFiles.read(name + ".h5"))) {
            float[][] answers = model.probabilities(keras.images());
            for (int row = 0; row < answers.length; row++) {
                for (int i = 0; i < 10; i++) {
                    assertThat(Math.abs(answers[row][i] - keras.probabilities()[row][i]))
                            .as("image %d, class %d", row, i)
                            .isLessThanOrEqualTo(1e-5f);
                }
            }
            assertThat(new OnnxGate().difference(model.exportOnnx(), model, IMAGES))
                    .isLessThanOrEqualTo(ModelGate.TOLERANCE);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "strided.h5|stride 1",
                "weights-only.h5|model.save(",
                "keras3.h5|Keras 3.3.3; save it with Keras 2",
            })
    void whatCannotBeTakenOverSaysWhatToDo(String name, String sentence) {
        assertThatThrownBy(() -> read(ImportedFiles.read(name)))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void aModelOfOtherImagesOrClassesIsRefused() {
        ImageDataset larger = new ImageDataset(new byte[32 * 32], new byte[1], 32, 32, 1);
        assertThatThrownBy(() -> new Dl4jEngine().readKeras(ImportedFiles.read("conv.h5"), larger, 10))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining("[28, 28, 1]");
        assertThatThrownBy(() -> new Dl4jEngine().readKeras(ImportedFiles.read("conv.h5"), IMAGES, 12))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining("10 classes");
    }

    @Test
    void aFileThatIsCutOffIsRefused() {
        byte[] whole = ImportedFiles.read("conv.h5");
        assertThatThrownBy(() -> read(Arrays.copyOf(whole, whole.length / 2)))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining("damaged");
        assertThatThrownBy(() -> read(Arrays.copyOf(whole, 16))).isInstanceOf(RejectedModelException.class);
    }

    private static TrainedModel read(byte[] h5) throws RejectedModelException {
        return new Dl4jEngine().readKeras(h5, IMAGES, 10);
    }
}
