package dev.trainyard.search;

import java.util.List;

/**
 * Asynchronous successive halving that stops trials instead of letting them wait: a trial whose last epoch is a rung's
 * ends unless it is among the best floor(n / eta) of the n results there. The best of fewer than eta results goes on,
 * as nothing waits.
 */
record StoppingAshaPruner(Rungs rungs, int eta) implements Pruner {
    @Override
    public int maxEpochs() {
        return rungs.maxEpochs();
    }

    @Override
    public int firstHold(int trialNumber) {
        return rungs.maxEpochs();
    }

    @Override
    public List<Decision> decide(Direction direction, List<Trial> trials) {
        return trials.stream()
                .filter(trial -> trial.state() == TrialState.RUNNING
                        && rungs.epochs().contains(trial.lastEpoch())
                        && !goesOn(trial, trials, direction))
                .<Decision>map(trial -> new Decision.Stop(trial.number()))
                .toList();
    }

    private boolean goesOn(Trial trial, List<Trial> trials, Direction direction) {
        int epoch = trial.lastEpoch();
        List<Trial> results = trials.stream()
                .filter(other -> RungRanking.hasResult(other, epoch))
                .toList();
        long better = results.stream()
                .filter(other -> RungRanking.at(epoch, direction).compare(other, trial) < 0)
                .count();
        return RungRanking.isRanked(trial, epoch) && better < Math.max(1, results.size() / eta);
    }
}
