package dev.trainyard.search;

import java.util.ArrayList;
import java.util.List;

/**
 * The epochs at which trials are compared.
 *
 * @param epochs ascending, all below {@code maxEpochs}
 */
record Rungs(List<Integer> epochs, int maxEpochs) {
    Rungs {
        epochs = List.copyOf(epochs);
    }

    /** Returns rungs at {@code minEpochs}, and at {@code eta} times the epochs of the rung before. */
    static Rungs of(int minEpochs, int eta, int maxEpochs) {
        List<Integer> epochs = new ArrayList<>();
        for (long epoch = minEpochs; epoch < maxEpochs; epoch *= eta) {
            epochs.add((int) epoch);
        }
        return new Rungs(epochs, maxEpochs);
    }

    /** Returns these rungs without the first {@code count}. */
    Rungs without(int count) {
        return new Rungs(epochs.subList(count, epochs.size()), maxEpochs);
    }

    int first() {
        return epochs.isEmpty() ? maxEpochs : epochs.get(0);
    }

    /** Returns the epoch at which a trial that leaves rung {@code index} waits again. */
    int after(int index) {
        return index + 1 < epochs.size() ? epochs.get(index + 1) : maxEpochs;
    }
}
