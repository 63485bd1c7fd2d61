package dev.trainyard.search;

import java.util.List;

/** Runs every trial to its end. */
record NoPruner(int maxEpochs) implements Pruner {
    @Override
    public int firstHold(int trialNumber) {
        return maxEpochs;
    }

    @Override
    public List<Decision> decide(Direction direction, List<Trial> trials) {
        return List.of();
    }
}
