package dev.trainyard.search;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Stops a trial whose best objective so far is worse than the median of the completed trials at the same epoch.
 *
 * @param startupTrials completed trials before the first one is stopped
 * @param warmupEpochs epochs of a trial in which it is not stopped
 */
record MedianPruner(int maxEpochs, int startupTrials, int warmupEpochs) implements Pruner {
    @Override
    public int firstHold(int trialNumber) {
        return maxEpochs;
    }

    @Override
    public List<Decision> decide(Direction direction, List<Trial> trials) {
        List<Trial> completed = trials.stream()
                .filter(trial -> trial.state() == TrialState.COMPLETED)
                .toList();
        if (completed.size() < startupTrials) {
            return List.of();
        }
        return trials.stream()
                .filter(trial -> trial.state() == TrialState.RUNNING
                        && trial.lastEpoch() > warmupEpochs
                        && trial.lastEpoch() < maxEpochs
                        && isWorse(trial, completed, direction))
                .<Decision>map(trial -> new Decision.Stop(trial.number()))
                .toList();
    }

    private static boolean isWorse(Trial trial, List<Trial> completed, Direction direction) {
        double best = trial.curve().values().stream()
                .mapToDouble(direction::loss)
                .min()
                .orElseThrow();
        double[] others = completed.stream()
                .filter(other -> RungRanking.isRanked(other, trial.lastEpoch()))
                .mapToDouble(other -> direction.loss(RungRanking.result(other, trial.lastEpoch())))
                .sorted()
                .toArray();
        if (others.length == 0) {
            return false;
        }
        return best > median(others);
    }

    private static double median(double[] sorted) {
        return DoubleStream.of(sorted[(sorted.length - 1) / 2], sorted[sorted.length / 2])
                .average()
                .orElseThrow();
    }
}
