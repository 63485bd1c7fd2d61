package dev.trainyard.trainer.run;

import dev.trainyard.dataset.ImageDataset;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A training split parted into images to train on and images held out. The parting depends on the seed alone, so a
 * resumed run never validates on what it was trained on.
 *
 * @param validation what the epochs' figures come from, the share that the configuration asks for; empty for none
 * @param heldOut all that is not trained on: {@code validation}, or more where a trust pack needs more
 */
public record HoldoutSplit(ImageDataset training, Optional<ImageDataset> validation, ImageDataset heldOut) {
    /** Held out at least for the trust pack of a model that is published, of splits ten times as large. */
    static final int FOR_TRUST = 3_000;

    /** Keeps this draw apart from others that start at the same seed. */
    private static final long SALT = 0x76616c6964617465L;

    /** @param published whether the model shall be served, so that it needs a trust pack */
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
