package dev.trainyard.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.artifact.ConfusionMatrix.Example;
import dev.trainyard.dataset.ImageDataset;
import java.io.ByteArrayInputStream;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Recorded mistakes of a model. */
class MisclassificationsTest {
    /** Two classes of images with one pixel, which is the number of the image. */
    private static ImageDataset images(int... labels) {
        byte[] pixels = new byte[labels.length];
        byte[] all = new byte[labels.length];
        for (int i = 0; i < labels.length; i++) {
            pixels[i] = (byte) (i + 1);
            all[i] = (byte) labels[i];
        }
        return new ImageDataset(pixels, all, 1, 1, 1);
    }

    private static final float[] ALL_ZERO = {0.6f, 0.4f, 0.9f, 0.1f, 0.7f, 0.3f, 0.8f, 0.2f};

    @Test
    void everyImageIsCountedByLabelAndPrediction() {
        Misclassifications mistakes = Misclassifications.of(ALL_ZERO, images(0, 1, 1, 0), 2);

        assertThat(mistakes.counts()).isEqualTo(List.of(List.of(2, 0), List.of(2, 0)));
        assertThat(mistakes.examples()).containsExactly(new Example(1, 0, 1, 0.9f), new Example(1, 0, 2, 0.7f));
    }

    @Test
    void theMostConfidentMistakesOfEachPairAreKept() {
        int many = 9;
        float[] probabilities = new float[2 * many];
        for (int i = 0; i < many; i++) {
            probabilities[2 * i] = 0.5f + i / 100f;
        }
        Misclassifications mistakes = Misclassifications.of(probabilities, images(1, 1, 1, 1, 1, 1, 1, 1, 1), 2);

        assertThat(mistakes.counts().get(1)).containsExactly(many, 0);
        assertThat(mistakes.examples()).extracting(Example::image).containsExactly(8, 7, 6, 5);
    }

    @Test
    void theImagesAreStackedVertically() throws Exception {
        byte[] png =
                Misclassifications.of(ALL_ZERO, images(0, 1, 1, 0), 2).png().orElseThrow();

        var image = ImageIO.read(new ByteArrayInputStream(png));
        assertThat(image.getWidth()).isEqualTo(1);
        assertThat(image.getHeight()).isEqualTo(2);
        assertThat(image.getRaster().getSample(0, 0, 0)).isEqualTo(2);
        assertThat(image.getRaster().getSample(0, 1, 0)).isEqualTo(3);
        assertThat(Misclassifications.of(ALL_ZERO, images(0, 0, 0, 0), 2).png()).isEmpty();
    }
}
