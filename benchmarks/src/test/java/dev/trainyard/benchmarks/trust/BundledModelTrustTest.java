package dev.trainyard.benchmarks.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.trainyard.artifact.ConfusionMatrix;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.benchmarks.engine.BundledConfusion;
import dev.trainyard.benchmarks.engine.BundledModel;
import dev.trainyard.dataset.ImageDataset;
import dev.trainyard.dataset.MnistNpz;
import dev.trainyard.image.DigitImageDecoder;
import dev.trainyard.message.WireJson;
import dev.trainyard.trainer.run.Misclassifications;
import dev.trainyard.trust.TrustMetrics;
import dev.trainyard.trust.TrustVerdict;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The bundled model has the properties that docs/trust.md states. */
class BundledModelTrustTest {
    private static final Path HOME = Path.of("..");
    private static final int IMAGES = 300;

    private static EvaluatedModel model;
    private static ImageDataset test;
    private static List<TrustVerdict> digits;

    @BeforeAll
    static void evaluateTheTestSplit() throws Exception {
        model = new EvaluatedModel(BundledModel.folder(HOME).resolve("model.onnx"));
        test = MnistNpz.read(HOME.resolve("data/mnist.npz")).test();
        digits = model.evaluate(test.pixels());
    }

    @Test
    void digitsAreAcceptedCoveredAndCalibratedAsStated() {
        TrustMetrics figures = TrustMetrics.of(digits, test.labels());
        assertThat(figures.acceptance()).isBetween(0.94, 0.96);
        assertThat(figures.coverage()).isBetween(0.94, 0.96);
        assertThat(figures.calibrationError()).isLessThanOrEqualTo(0.01);
        assertThat(figures.accuracyAccepted()).isGreaterThan(0.995);
    }

    @Test
    void theMetadataStatesTheSameFigures() throws Exception {
        ModelMetadata metadata = WireJson.mapper()
                .readValue(Files.readAllBytes(BundledModel.folder(HOME).resolve("metadata.json")), ModelMetadata.class);
        TrustMetrics documented = metadata.trust().test();
        TrustMetrics measured = TrustMetrics.of(digits, test.labels());

        assertThat(metadata.trust().outliers().threshold()).isEqualTo(model.threshold());
        // rounding on another processor may move a score across the threshold
        assertThat(documented.acceptance()).isCloseTo(measured.acceptance(), within(5e-4));
        assertThat(documented.coverage()).isCloseTo(measured.coverage(), within(5e-4));
    }

    @Test
    void theStoredConfusionMatchesTheModel() throws Exception {
        Path folder = BundledModel.folder(HOME);
        ModelMetadata metadata =
                WireJson.mapper().readValue(Files.readAllBytes(folder.resolve("metadata.json")), ModelMetadata.class);
        Misclassifications now =
                BundledConfusion.of(HOME, Files.readAllBytes(folder.resolve("model.onnx")), metadata.classes());
        ConfusionMatrix documented = metadata.confusion();
        int right = 0;
        for (int label = 0; label < metadata.classes(); label++) {
            right += documented.counts().get(label).get(label);
        }

        assertThat(right / (double) test.size())
                .isEqualTo(metadata.metrics().test().accuracy());
        assertThat(documented.counts()).isEqualTo(now.counts());
        assertThat(documented.examples())
                .extracting(ConfusionMatrix.Example::image)
                .containsExactlyElementsOf(now.examples().stream()
                        .map(ConfusionMatrix.Example::image)
                        .toList());
        assertThat(FileArtifactStore.sha256(Files.readAllBytes(folder.resolve("mistakes.png"))))
                .isEqualTo(documented.pictures().sha256());
        assertThat(Files.readAllBytes(folder.resolve("mistakes.png")))
                .isEqualTo(now.png().orElseThrow());
    }

    @Test
    void theExamplesAreClassifiedCorrectly() throws Exception {
        for (int digit = 0; digit < 10; digit++) {
            byte[] png = Files.readAllBytes(HOME.resolve("example/%d.png".formatted(digit)));
            TrustVerdict verdict = model.evaluate(DigitImageDecoder.decode(png)).get(0);
            assertThat(verdict.outlier()).as("example %d", digit).isFalse();
            assertThat(verdict.prediction()).isEqualTo(digit);
            assertThat(verdict.predictionSet()).contains(digit);
        }
    }

    @Test
    void noiseAndBlankImagesAreRejectedAsArraysAndAsPng() throws Exception {
        List<List<byte[]>> all = new ArrayList<>(GeneratedImages.noises(IMAGES));
        all.add(GeneratedImages.blanks());
        for (List<byte[]> arrays : all) {
            assertRefused(ImageSet.ofArrays("arrays", arrays), 0.02);
            assertRefused(
                    ImageSet.ofImages(
                            "PNG",
                            arrays.stream()
                                    .map(pixels -> ImageSet.grey(28, 28, pixels))
                                    .toList()),
                    0.05);
        }
    }

    @Test
    void texturesAndShapesAreRejected() throws Exception {
        assertRefused(ImageSet.ofImages("textures", GeneratedImages.textures(IMAGES)), 0.05);
        assertRefused(ImageSet.ofImages("shapes", DrawnImages.shapes(IMAGES)), 0.05);
    }

    @Test
    void mostLettersAreRejected() throws Exception {
        List<BufferedImage> letters = DrawnImages.letters(10);
        assumeThat(letters).as("letters in fonts of this machine").isNotEmpty();
        assertRefused(ImageSet.ofImages("letters", letters), 0.3);
    }

    @Test
    void rejectedImagesScoreFarAboveDigits() throws Exception {
        List<TrustVerdict> noise = model.evaluate(
                ImageSet.ofArrays("noise", GeneratedImages.smooth(IMAGES, 1)).pixels());
        assertThat(EvaluatedModel.auroc(digits, noise)).isGreaterThan(0.98);
    }

    private static void assertRefused(ImageSet set, double most) throws Exception {
        assertThat(EvaluatedModel.acceptance(model.evaluate(set.pixels())))
                .as("accepted share of %d images: %s", set.size(), set.name())
                .isLessThanOrEqualTo(most);
    }
}
