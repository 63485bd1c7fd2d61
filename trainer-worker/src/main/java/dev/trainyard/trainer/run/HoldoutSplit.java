package dev.trainyard.trainer.run;

import dev.trainyard.dataset.ImageDataset;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Divides a training split into training and held-out images. The division depends only on the seed, so that a resumed
 * run never validates on images it was trained on.
 *
 * @param validation images for the epochs' validation metrics, as configured; empty for none
 * @param heldOut all images not used for training: {@code validation}, or more if a trust pack needs more
 */
public record HoldoutSplit(ImageDataset training, Optional<ImageDataset> validation, ImageDataset heldOut) {
    /**
     * Minimum number of held-out images for the trust pack of a published model, for splits at least ten times as
     * large.
     */
    static final int FOR_TRUST = 3_000;

    /** Separates this random stream from others with the same seed. */
    private static final long SALT = 0x76616c6964617465L;

    /** @param published true if the model will be published and needs a trust pack */
    public static HoldoutSplit of(ImageDataset train, double validationShare, long seed, boolean published) {
        int validation = validationShare <= 0 || train.size() < 2
                ? 0
                : (int) Math.max(1, Math.min(Math.round(train.size() * validationShare), train.size() - 1));
        int heldOut = published && train.size() >= 10 * FOR_TRUST ? Math.max(validation, FOR_TRUST) : validation;
        if (heldOut == 0) {
            return new HoldoutSplit(train, Optional.empty(), train.select(new int[0]));
        }
        int[] order = shuffled(train.size(), seed);
        ImageDataset held = last(train, order, heldOut);
        int[] training = Arrays.copyOf(order, order.length - heldOut);
        Arrays.sort(training);
        return new HoldoutSplit(
                train.select(training),
                validation == 0
                        ? Optional.empty()
                        : Optional.of(validation == heldOut ? held : last(train, order, validation)),
                held);
    }

    private static ImageDataset last(ImageDataset images, int[] order, int count) {
        int[] indices = Arrays.copyOfRange(order, order.length - count, order.length);
        Arrays.sort(indices);
        return images.select(indices);
    }

    int validationSize() {
        return validation.map(ImageDataset::size).orElse(0);
    }

    private static int[] shuffled(int size, long seed) {
        int[] order = new int[size];
        SplittableRandom random = new SplittableRandom(seed ^ SALT);
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
