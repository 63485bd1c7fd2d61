package dev.trainyard.trainer.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.ReferenceAnswers;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.data.Digits;
import dev.trainyard.trainer.data.ImportedFiles;
import dev.trainyard.trainer.engine.RejectedModelException;
import dev.trainyard.trainer.onnx.ImportedOnnx;
import dev.trainyard.trainer.onnx.OnnxGate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that Keras 2 wrote, against what Keras itself answered. */
class KerasImportTest {
    private static final ImageShape SHAPE = new ImageShape(1, 28, 28);
    private static final ImageDataset IMAGES = Digits.test(64);

    @TempDir
    Path root;

    /** {@code imported/README.md} says what is in each. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "conv",
                "dense",
                "functional",
                "relu-layer",
                "leaky001",
                "softmax-layer",
                "activation-relu",
                "relu-forms",
                "activation-layers",
                "activation-functions",
                "pictures",
                "functional-reshaped",
                "listed"
            })
    void answersAsKerasDoes(String name) throws Exception {
        ReferenceAnswers keras = ReferenceAnswers.read(ImportedFiles.path(name + ".npz"), 28, 28, 10);
        KerasImport.Converted converted = KerasImport.read(ImportedFiles.path(name + ".h5"), SHAPE, 10);

        try (ImportedOnnx model = ImportedOnnx.read(converted.onnx(), IMAGES, 10)) {
            assertThat(OnnxGate.difference(keras.probabilities(), model.probabilities(keras.images())))
                    .isLessThanOrEqualTo(1e-5);
            assertThat(OnnxGate.difference(keras.probabilities(), model.exportedProbabilities(keras.images())))
                    .isLessThanOrEqualTo(1e-5);
        }
    }

    /** Up to Keras 2.2.2 the configuration of a Sequential model is a bare list. */
    @Test
    void oneModelInTwoLayoutsOfKeras2IsOneModel() throws Exception {
        KerasImport.Converted old = KerasImport.read(ImportedFiles.path("tiny-keras222.h5"), SHAPE, 10);
        KerasImport.Converted control = KerasImport.read(ImportedFiles.path("tiny-keras224-control.h5"), SHAPE, 10);

        assertThat(old.madeBy()).isEqualTo("keras 2.2.2");
        assertThat(old.onnx()).isEqualTo(control.onnx());
    }

    @ParameterizedTest
    @ValueSource(strings = {"conv", "dense", "functional", "activation-relu"})
    void dl4jReadsTheSameModelsOfPlainLayersAlike(String name) throws Exception {
        KerasImport.Converted converted = KerasImport.read(ImportedFiles.path(name + ".h5"), SHAPE, 10);
        Optional<float[][]> opinion = KerasImport.secondOpinion(ImportedFiles.path(name + ".h5"), IMAGES);

        assertThat(opinion).isPresent();
        if (!name.equals("functional")) { // which ends with logits
            try (ImportedOnnx model = ImportedOnnx.read(converted.onnx(), IMAGES, 10)) {
                assertThat(OnnxGate.difference(opinion.get(), model.probabilities(IMAGES)))
                        .isLessThanOrEqualTo(1e-5);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "weights-only.h5|model.save(",
                "keras3.h5|Keras 3.3.3; save it with Keras 2",
                "branches.h5|no single chain",
            })
    void whatCannotBeTakenOverSaysWhatToDo(String name, String sentence) {
        assertThatThrownBy(() -> KerasImport.read(ImportedFiles.path(name), SHAPE, 10))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining(sentence)
                .hasMessageNotContaining("issue")
                .hasMessageNotContaining("github");
    }

    @Test
    void aModelOfOtherImagesOrClassesIsRefused() {
        assertThatThrownBy(() -> KerasImport.read(ImportedFiles.path("conv.h5"), new ImageShape(1, 32, 32), 10))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining("[28, 28, 1]");
        assertThatThrownBy(() -> KerasImport.read(ImportedFiles.path("conv.h5"), SHAPE, 12))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining("10 classes");
    }

    @Test
    void aFileThatIsCutOffIsRefused() throws Exception {
        byte[] whole = ImportedFiles.read("conv.h5");
        Path cut = root.resolve("cut.h5");
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> KerasImport.read(cut, SHAPE, 10))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining("cannot be read")
                .hasMessageNotContaining("http");
        Files.write(cut, Arrays.copyOf(whole, 16));
        assertThatThrownBy(() -> KerasImport.read(cut, SHAPE, 10)).isInstanceOf(RejectedModelException.class);
    }
}
