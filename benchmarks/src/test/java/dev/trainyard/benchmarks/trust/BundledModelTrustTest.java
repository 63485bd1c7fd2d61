package dev.trainyard.benchmarks.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.trainyard.artifact.ConfusionMatrix;
import dev.trainyard.artifact.FileArtifactStore;
import dev.trainyard.artifact.ModelMetadata;
import dev.trainyard.benchmarks.engine.BundledMistakes;
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

/** The model that comes with the platform keeps what docs/trust.md says of it. */
class BundledModelTrustTest {
    private static final Path HOME = Path.of("..");
    private static final int PICTURES = 300;

    private static JudgedModel model;
    private static ImageDataset test;
    private static List<TrustVerdict> digits;

    @BeforeAll
    static void judgeTheTestSplit() throws Exception {
        model = new JudgedModel(BundledModel.folder(HOME).resolve("model.onnx"));
        test = MnistNpz.read(HOME.resolve("data/mnist.npz")).test();
        digits = model.judge(test.pixels());
    }

    @Test
    void digitsAreAcceptedCoveredAndCalibratedAsPromised() {
        TrustMetrics figures = TrustMetrics.of(digits, test.labels());
        assertThat(figures.acceptance()).isBetween(0.94, 0.96);
        assertThat(figures.coverage()).isBetween(0.94, 0.96);
        assertThat(figures.calibrationError()).isLessThanOrEqualTo(0.01);
        assertThat(figures.accuracyAccepted()).isGreaterThan(0.995);
    }

    @Test
    void itsMetadataSaysTheSame() throws Exception {
        ModelMetadata metadata = WireJson.mapper()
                .readValue(Files.readAllBytes(BundledModel.folder(HOME).resolve("metadata.json")), ModelMetadata.class);
        TrustMetrics told = metadata.trust().test();
        TrustMetrics measured = TrustMetrics.of(digits, test.labels());

        assertThat(metadata.trust().outliers().threshold()).isEqualTo(model.threshold());
        // another processor may round a score to the other side of the threshold
        assertThat(told.acceptance()).isCloseTo(measured.acceptance(), within(5e-4));
        assertThat(told.coverage()).isCloseTo(measured.coverage(), within(5e-4));
    }

    @Test
    void itsMistakesAreThoseThatItMakes() throws Exception {
        Path folder = BundledModel.folder(HOME);
        ModelMetadata metadata =
                WireJson.mapper().readValue(Files.readAllBytes(folder.resolve("metadata.json")), ModelMetadata.class);
        Misclassifications now =
                BundledMistakes.of(HOME, Files.readAllBytes(folder.resolve("model.onnx")), metadata.classes());
        ConfusionMatrix told = metadata.confusion();
        int right = 0;
        for (int label = 0; label < metadata.classes(); label++) {
            right += told.counts().get(label).get(label);
        }

        assertThat(right / (double) test.size())
                .isEqualTo(metadata.metrics().test().accuracy());
        assertThat(told.counts()).isEqualTo(now.counts());
        assertThat(told.examples())
                .extracting(ConfusionMatrix.Example::image)
                .containsExactlyElementsOf(now.examples().stream()
                        .map(ConfusionMatrix.Example::image)
                        .toList());
        assertThat(FileArtifactStore.sha256(Files.readAllBytes(folder.resolve("mistakes.png"))))
                .isEqualTo(told.pictures().sha256());
        assertThat(Files.readAllBytes(folder.resolve("mistakes.png")))
                .isEqualTo(now.pictures().orElseThrow());
    }

    @Test
    void theExamplesAreAnsweredAndRight() throws Exception {
        for (int digit = 0; digit < 10; digit++) {
            byte[] png = Files.readAllBytes(HOME.resolve("example/%d.png".formatted(digit)));
            TrustVerdict verdict = model.judge(DigitImageDecoder.decode(png)).get(0);
            assertThat(verdict.outlier()).as("example %d", digit).isFalse();
            assertThat(verdict.prediction()).isEqualTo(digit);
            assertThat(verdict.predictionSet()).contains(digit);
        }
    }

    @Test
    void noiseAndBlankPicturesAreRefusedAsArraysAndAsPng() throws Exception {
        List<List<byte[]>> all = new ArrayList<>(GeneratedPictures.noises(PICTURES));
        all.add(GeneratedPictures.blanks());
        for (List<byte[]> arrays : all) {
            assertRefused(PictureSet.ofArrays("arrays", arrays), 0.02);
            assertRefused(
                    PictureSet.ofPictures(
                            "PNG",
                            arrays.stream()
                                    .map(pixels -> PictureSet.grey(28, 28, pixels))
                                    .toList()),
                    0.05);
        }
    }

    @Test
    void texturesAndShapesAreRefused() throws Exception {
        assertRefused(PictureSet.ofPictures("textures", GeneratedPictures.textures(PICTURES)), 0.05);
        assertRefused(PictureSet.ofPictures("shapes", Drawings.shapes(PICTURES)), 0.05);
    }

    @Test
    void mostLettersAreRefused() throws Exception {
        List<BufferedImage> letters = Drawings.letters(10);
        assumeThat(letters).as("letters in fonts of this machine").isNotEmpty();
        assertRefused(PictureSet.ofPictures("letters", letters), 0.3);
    }

    @Test
    void whatIsRefusedScoresFarAboveDigits() throws Exception {
        List<TrustVerdict> noise = model.judge(PictureSet.ofArrays("noise", GeneratedPictures.smooth(PICTURES, 1))
                .pixels());
        assertThat(JudgedModel.auroc(digits, noise)).isGreaterThan(0.98);
    }

    private static void assertRefused(PictureSet set, double most) throws Exception {
        assertThat(JudgedModel.acceptance(model.judge(set.pixels())))
                .as("accepted share of %d pictures: %s", set.size(), set.name())
                .isLessThanOrEqualTo(most);
    }
}
