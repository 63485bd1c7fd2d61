package dev.trainyard.trainer.run;

import dev.trainyard.dataset.ImageDataset;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A training split parted into images to train on and images held out for validation. The parting depends on the seed
 * alone, so a resumed run never validates on what it was trained on.
 */
record Holdout(ImageDataset training, Optional<ImageDataset> validation) {
    /** Keeps this draw apart from others that start at the same seed. */
    private static final long SALT = 0x76616c6964617465L;

    static Holdout of(ImageDataset train, double validationShare, long seed) {
        int heldOut = (int) Math.round(train.size() * validationShare);
        if (validationShare <= 0 || train.size() < 2) {
            return new Holdout(train, Optional.empty());
        }
        heldOut = Math.max(1, Math.min(heldOut, train.size() - 1));
        int[] order = shuffled(train.size(), seed);
        int[] training = Arrays.copyOf(order, order.length - heldOut);
        int[] validation = Arrays.copyOfRange(order, order.length - heldOut, order.length);
        Arrays.sort(training);
        Arrays.sort(validation);
        return new Holdout(train.select(training), Optional.of(train.select(validation)));
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
