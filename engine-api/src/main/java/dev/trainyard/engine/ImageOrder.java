package dev.trainyard.engine;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Orders in which the images of a dataset are processed. */
public final class ImageOrder {
    private ImageOrder() {}

    /** All indices in ascending order. */
    public static int[] inOrder(int size) {
        return IntStream.range(0, size).toArray();
    }

    /** All indices in an order determined by {@code seed} alone. */
    public static int[] shuffled(int size, long seed) {
        int[] order = inOrder(size);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = size - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }
}
