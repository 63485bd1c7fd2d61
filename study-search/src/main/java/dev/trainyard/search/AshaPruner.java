package dev.trainyard.search;

import java.util.ArrayList;
import java.util.List;

/**
 * Asynchronous successive halving by pause and promotion (Li et al., 2020): a trial waits at each rung, and of the n
 * results of a rung the best floor(n / eta) go on.
 */
record AshaPruner(Rungs rungs, int eta) implements Pruner {
    @Override
    public int maxEpochs() {
        return rungs.maxEpochs();
    }

    @Override
    public int firstHold(int trialNumber) {
        return rungs.first();
    }

    @Override
    public List<Decision> decide(Direction direction, List<Trial> trials) {
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < rungs.epochs().size(); i++) {
            int epoch = rungs.epochs().get(i);
            List<Trial> results = trials.stream()
                    .filter(trial -> trial.curve().containsKey(epoch))
                    .toList();
            for (Trial trial : RungRanking.best(results, epoch, eta, direction)) {
                if (trial.state() == TrialState.PAUSED && trial.lastEpoch() == epoch) {
                    decisions.add(new Decision.Promote(trial.number(), rungs.after(i)));
                }
            }
        }
        return decisions;
    }
}
