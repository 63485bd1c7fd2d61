package dev.trainyard.trainer.onnx;

import static dev.trainyard.trainer.onnx.OnnxFiles.taking;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.ReferencePredictions;
import dev.trainyard.engine.Digits;
import dev.trainyard.engine.ExportGate;
import dev.trainyard.engine.onnx.OnnxProtos;
import dev.trainyard.trainer.data.ImportedFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of all opsets and shapes found in public collections. */
class OnnxVersionsTest {
    private static final ImageDataset IMAGES = Digits.test(70);

    @ParameterizedTest
    @CsvSource({"7, 3", "8, 3", "9, 4", "10, 5", "11, 6", "12, 7", "13, 7", "15, 8", "17, 8", "19, 9", "21, 10"})
    void aModelOfEachOpsetIsServed(int opset, int ir) throws Exception {
        same(taking(0, 1, 28, 28)
                .opset(opset, ir)
                .node("Flatten", "flat", "image")
                .logits("flat"));
        same(taking(0, 784).opset(opset, ir).logits("image"));
        same(taking(0, 28, 28)
                .opset(opset, ir)
                .longs("shape", -1, 784)
                .node("Reshape", "flat", "image", "shape")
                .logits("flat"));
        // the default softmax of old opsets is over all axes from 1 on
        same(taking(0, 1, 28, 28)
                .opset(opset, ir)
                .weights("w", 784, 10)
                .node("Flatten", "flat", "image")
                .node("MatMul", "product", "flat", "w")
                .node("Softmax", "answers", "product")
                .giving("answers"));
    }

    @ParameterizedTest
    @CsvSource({"7", "8", "9", "10", "12"})
    void aPublicFileForSingleImagesIsServedInBatches(int opset) throws Exception {
        same(OnnxFiles.asCntkWroteIt(opset));
    }

    /** tf2onnx writes ELU and ThresholdedReLU as comparisons, and multiplies by a mask. */
    @Test
    void aFileOfTf2onnxWithOpset9GivesThePredictionsOfKeras() throws Exception {
        ReferencePredictions keras = ReferencePredictions.read(ImportedFiles.path("activation-layers.npz"), 28, 28, 10);
        try (ImportedOnnx model = ImportedOnnx.read(ImportedFiles.read("activation-layers-9.onnx"), IMAGES, 10)) {
            assertThat(OnnxExportGate.difference(keras.probabilities(), model.exportedProbabilities(keras.images())))
                    .isLessThanOrEqualTo(1e-5);
        }
    }

    @Test
    void weightsListedAsInputsAreAccepted() throws Exception {
        for (int ir = 3; ir <= 10; ir++) {
            OnnxFiles file = taking(1, 784).opset(9, ir).weights("w", 784, 10).weights("b", 10);
            same(file.weightsAsInputs().node("Gemm", "out", "image", "w", "b").giving("out"));
        }
    }

    @Test
    void variableExtentsBecomeThoseOfAnImage() throws Exception {
        same(taking(0, 0, 0, 0).node("Flatten", "flat", "image").logits("flat"));
    }

    @Test
    void aReshapedSoftmaxIsRecognised() throws Exception {
        same(taking(0, 1, 28, 28)
                .weights("w", 784, 10)
                .longs("apart", -1, 10, 1, 1)
                .longs("together", -1, 10)
                .node("Flatten", "flat", "image")
                .node("MatMul", "product", "flat", "w")
                .node("Reshape", "map", "product", "apart")
                .node("Softmax", "answers", "map", OnnxProtos.integer("axis", 1))
                .node("Reshape", "out", "answers", "together")
                .giving("out"));
    }

    private static void same(byte[] onnx) throws Exception {
        try (ImportedOnnx model = ImportedOnnx.read(onnx, IMAGES, 10)) {
            float[][] answers = model.probabilities(IMAGES);
            assertThat(answers[3]).doesNotContain(answers[4]);
            assertThat(OnnxExportGate.difference(answers, model.exportedProbabilities(IMAGES)))
                    .isLessThanOrEqualTo(ExportGate.TOLERANCE);
        }
    }
}
