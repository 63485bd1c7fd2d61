package dev.trainyard.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.dataset.ImageDataset;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HoldoutSplitTest {
    private final ImageDataset images = TrainJobs.numberedImages(1000);

    @Test
    void validationAndTrainingImagesAreDisjointAndComplete() {
        HoldoutSplit holdout = HoldoutSplit.of(images, 0.1, 42, true);

        Set<Integer> training = numbers(holdout.training());
        Set<Integer> validation = numbers(holdout.validation().orElseThrow());
        assertThat(training).hasSize(900).doesNotContainAnyElementsOf(validation);
        assertThat(validation).hasSize(100);
    }

    @Test
    void theSameSeedHoldsOutTheSameImages() {
        assertThat(numbers(HoldoutSplit.of(images, 0.1, 42, true).validation().orElseThrow()))
                .isEqualTo(numbers(
                        HoldoutSplit.of(images, 0.1, 42, true).validation().orElseThrow()))
                .isNotEqualTo(numbers(
                        HoldoutSplit.of(images, 0.1, 43, true).validation().orElseThrow()));
    }

    @Test
    void withoutAValidationShareAllImagesAreTrained() {
        HoldoutSplit holdout = HoldoutSplit.of(images, 0, 42, true);

        assertThat(holdout.training()).isSameAs(images);
        assertThat(holdout.validation()).isEmpty();
    }

    @Test
    void aSmallValidationShareHoldsOutAtLeastOneImage() {
        assertThat(HoldoutSplit.of(images, 1e-6, 42, true).validationSize()).isEqualTo(1);
    }

    @Test
    void publishedModelsHoldOutImagesForTheTrustPack() {
        ImageDataset many = TrainJobs.numberedImages(30_000);

        HoldoutSplit none = HoldoutSplit.of(many, 0, 42, true);
        assertThat(none.validation()).isEmpty();
        assertThat(numbers(none.heldOut())).hasSize(3_000).doesNotContainAnyElementsOf(numbers(none.training()));
        assertThat(none.training().size()).isEqualTo(27_000);

        HoldoutSplit few = HoldoutSplit.of(many, 0.01, 42, true);
        assertThat(few.validationSize()).isEqualTo(300);
        assertThat(numbers(few.heldOut()))
                .hasSize(3_000)
                .containsAll(numbers(few.validation().orElseThrow()));

        HoldoutSplit usual = HoldoutSplit.of(many, 0.2, 42, true);
        assertThat(usual.heldOut()).isSameAs(usual.validation().orElseThrow());
        assertThat(usual.validationSize()).isEqualTo(6_000);
    }

    @Test
    void unpublishedModelsHoldOutNoImagesForTheTrustPack() {
        ImageDataset many = TrainJobs.numberedImages(30_000);

        assertThat(HoldoutSplit.of(many, 0, 42, false).training()).isSameAs(many);
        assertThat(numbers(HoldoutSplit.of(many, 0.01, 42, false).heldOut())).hasSize(300);
    }

    private static Set<Integer> numbers(ImageDataset images) {
        Set<Integer> numbers = new HashSet<>();
        for (int i = 0; i < images.size(); i++) {
            numbers.add((images.pixels()[i * 784] & 0xff) | (images.pixels()[i * 784 + 1] & 0xff) << 8);
        }
        return numbers;
    }
}
