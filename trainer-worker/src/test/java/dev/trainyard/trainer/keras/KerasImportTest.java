package dev.trainyard.trainer.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.ReferencePredictions;
import dev.trainyard.engine.Digits;
import dev.trainyard.network.ImageShape;
import dev.trainyard.trainer.data.ImportedFiles;
import dev.trainyard.trainer.onnx.ImportedOnnx;
import dev.trainyard.trainer.onnx.OnnxExportGate;
import dev.trainyard.trainer.onnx.RejectedModelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files written by Keras 2 give the predictions of Keras. */
class KerasImportTest {
    private static final ImageShape SHAPE = new ImageShape(1, 28, 28);
    private static final ImageDataset IMAGES = Digits.test(64);

    @TempDir
    Path root;

    /** Described in {@code imported/README.md}. */
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
                "images",
                "functional-reshaped",
                "listed"
            })
    void answersAsKerasDoes(String name) throws Exception {
        ReferencePredictions keras = ReferencePredictions.read(ImportedFiles.path(name + ".npz"), 28, 28, 10);
        KerasImport.Converted converted = KerasImport.read(ImportedFiles.path(name + ".h5"), SHAPE, 10);

        try (ImportedOnnx model = ImportedOnnx.read(converted.onnx(), IMAGES, 10)) {
            assertThat(OnnxExportGate.difference(keras.probabilities(), model.probabilities(keras.images())))
                    .isLessThanOrEqualTo(1e-5);
            assertThat(OnnxExportGate.difference(keras.probabilities(), model.exportedProbabilities(keras.images())))
                    .isLessThanOrEqualTo(1e-5);
        }
    }

    /** The same layers and weights with an input of shape (1, 28, 28), (28, 28) or (784). */
    @ParameterizedTest
    @ValueSource(strings = {"[null, 1, 28, 28]", "[null, 28, 28]", "[null, 784]"})
    void aReshapeToChannelsLastDeterminesTheOrderOfFlattening(String input) throws Exception {
        try (KerasFile file = KerasFile.open(ImportedFiles.path("conv.h5"))) {
            ObjectNode model = file.config().deepCopy();
            ArrayNode layers = (ArrayNode) model.at("/config/layers");
            for (JsonNode layer : layers) {
                ((ObjectNode) layer.path("config")).remove("batch_input_shape");
            }
            layers.insert(0, layer("Reshape", "\"target_shape\": [28, 28, 1], \"batch_input_shape\": " + input));
            byte[] onnx = KerasLayers.translate(KerasLayer.chain(model), file, SHAPE, 10);

            ReferencePredictions keras = ReferencePredictions.read(ImportedFiles.path("conv.npz"), 28, 28, 10);
            assertThat(OnnxExportGate.difference(keras.probabilities(), answers(onnx, keras.images())))
                    .isLessThanOrEqualTo(1e-5);
        }
    }

    /** Keras moves the first axis to the end, which holds rows in a channels_last layer. */
    @Test
    void flattenWithChannelsFirstMovesTheFirstAxis() throws Exception {
        float[][] plain = answers(flattened("channels_last"), IMAGES);
        float[][] moved = answers(flattened("channels_first"), IMAGES);

        assertThat(plain[0]).isNotEqualTo(moved[0]);
        for (int row = 0; row < 5; row++) {
            for (int channel = 0; channel < 2; channel++) {
                assertThat(moved[0][channel * 5 + row]).isEqualTo(plain[0][row * 2 + channel]);
            }
        }
    }

    /** An input of 5 rows, one column and 2 channels. */
    private static byte[] flattened(String format) throws Exception {
        List<KerasLayer> layers = KerasLayer.chain(new ObjectMapper()
                .readTree("{\"class_name\": \"Sequential\", \"config\": {\"layers\": [%s, %s, %s]}}"
                        .formatted(
                                layer("Reshape", "\"target_shape\": [49, 8, 2], \"batch_input_shape\": [null, 784]"),
                                layer("AveragePooling2D", "\"pool_size\": [9, 8], \"data_format\": \"channels_last\""),
                                layer("Flatten", "\"data_format\": \"%s\"".formatted(format)))));
        try (KerasFile none = KerasFile.open(ImportedFiles.path("conv.h5"))) {
            return KerasLayers.translate(layers, none, SHAPE, 10);
        }
    }

    @Test
    void aLayerWithAnotherDataFormatThanItsInputIsRejected() throws Exception {
        List<KerasLayer> layers = KerasLayer.chain(
                new ObjectMapper()
                        .readTree(
                                "{\"class_name\": \"Sequential\", \"config\": {\"layers\": [%s]}}"
                                        .formatted(
                                                layer(
                                                        "MaxPooling2D",
                                                        "\"pool_size\": [1, 2], \"data_format\": \"channels_last\", \"batch_input_shape\": [null, 1, 28, 28]"))));
        try (KerasFile none = KerasFile.open(ImportedFiles.path("conv.h5"))) {
            assertThatThrownBy(() -> KerasLayers.translate(layers, none, SHAPE, 10))
                    .isInstanceOf(RejectedModelException.class)
                    .hasMessageContaining("has data_format = channels_last, but its input is channels_first");
        }
    }

    private static JsonNode layer(String type, String config) throws Exception {
        return new ObjectMapper()
                .readTree("{\"class_name\": \"%s\", \"config\": {\"name\": \"%s\", %s}}".formatted(type, type, config));
    }

    private static float[][] answers(byte[] onnx, ImageDataset images) throws Exception {
        try (ImportedOnnx model = ImportedOnnx.read(onnx, IMAGES, 10)) {
            return model.probabilities(images);
        }
    }

    /** Up to Keras 2.2.2 the configuration of a Sequential model is a bare list. */
    @Test
    void bothFileLayoutsOfKeras2GiveTheSameModel() throws Exception {
        KerasImport.Converted old = KerasImport.read(ImportedFiles.path("tiny-keras222.h5"), SHAPE, 10);
        KerasImport.Converted control = KerasImport.read(ImportedFiles.path("tiny-keras224-control.h5"), SHAPE, 10);

        assertThat(old.madeBy()).isEqualTo("keras 2.2.2");
        assertThat(old.onnx()).isEqualTo(control.onnx());
    }

    @ParameterizedTest
    @ValueSource(strings = {"conv", "dense", "functional", "activation-relu"})
    void dl4jAndTheImportAgreeOnPlainLayers(String name) throws Exception {
        KerasImport.Converted converted = KerasImport.read(ImportedFiles.path(name + ".h5"), SHAPE, 10);
        Optional<float[][]> opinion = KerasImport.secondOpinion(ImportedFiles.path(name + ".h5"), IMAGES);

        assertThat(opinion).isPresent();
        if (!name.equals("functional")) { // which ends with logits
            try (ImportedOnnx model = ImportedOnnx.read(converted.onnx(), IMAGES, 10)) {
                assertThat(OnnxExportGate.difference(opinion.get(), model.probabilities(IMAGES)))
                        .isLessThanOrEqualTo(1e-5);
            }
        }
    }

    /** The weights do not match the configured input shape, so that DL4J fails when it runs the model. */
    @Test
    void aModelThatDl4jCannotRunHasNoSecondOpinion() throws Exception {
        Path h5 = ImportedFiles.path("conv.h5");
        try (KerasFile file = KerasFile.open(h5)) {
            ObjectNode model = file.config().deepCopy();
            for (JsonNode layer : model.at("/config/layers")) {
                ((ObjectNode) layer.path("config")).remove("batch_input_shape");
            }
            ArrayNode input = ((ObjectNode) model.at("/config/layers/0/config")).putArray("batch_input_shape");
            input.addNull().add(14).add(14).add(1);

            assertThat(Dl4jCrossCheck.of(h5, model, IMAGES)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "weights-only.h5|model.save(",
                "keras3.h5|Keras 3.3.3; save it with Keras 2",
                "branches.h5|not a single chain",
            })
    void unsupportedLayersAreRefusedWithTheRemedy(String name, String sentence) {
        assertThatThrownBy(() -> KerasImport.read(ImportedFiles.path(name), SHAPE, 10))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining(sentence)
                .hasMessageNotContaining("issue")
                .hasMessageNotContaining("github");
    }

    @Test
    void aModelWithOtherInputShapeOrClassesIsRejected() {
        assertThatThrownBy(() -> KerasImport.read(ImportedFiles.path("conv.h5"), new ImageShape(1, 32, 32), 10))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining("[28, 28, 1]");
        assertThatThrownBy(() -> KerasImport.read(ImportedFiles.path("conv.h5"), SHAPE, 12))
                .isInstanceOf(RejectedModelException.class)
                .hasMessageContaining("10 classes");
    }

    @Test
    void aTruncatedFileIsRejected() throws Exception {
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
