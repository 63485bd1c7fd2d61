package dev.trainyard.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Asynchronous successive halving by pause and promotion (Li et al., "A system for massively parallel hyperparameter
 * tuning", 2020): a trial waits at each rung, and of n results floor(n / eta) go on, which also bounds the epochs of a
 * study.
 */
record AshaPruner(Rungs rungs, int eta, PromotionRule rule) implements Pruner {
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
        List<Trial> arrivals =
                trials.stream().sorted(Comparator.comparingInt(Trial::number)).toList();
        for (int i = 0; i < rungs.epochs().size(); i++) {
            PromotionRule.Promotions promotions =
                    rule.promotions(arrivals, rungs.epochs().get(i), eta, direction);
            for (Trial trial : promotions.due()) {
                decisions.add(new Decision.Promote(trial.number(), rungs.after(i)));
            }
            arrivals = promotions.all();
        }
        return decisions;
    }
}
