package dev.trainyard.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Hyperband (Li et al., 2018) with asynchronous brackets: each bracket is successive halving that begins at another rung,
 * and trials go to brackets by their number, in the shares that give each bracket about the same epochs.
 *
 * @param brackets the first one begins at the first rung
 * @param turns bracket of each trial, by its number modulo their count
 */
record HyperbandPruner(List<AshaPruner> brackets, List<Integer> turns) implements Pruner {
    static HyperbandPruner of(Rungs rungs, int eta, PromotionRule rule) {
        List<AshaPruner> brackets = IntStream.rangeClosed(0, rungs.epochs().size())
                .mapToObj(skipped -> new AshaPruner(rungs.without(skipped), eta, rule))
                .toList();
        return new HyperbandPruner(brackets, turns(shares(brackets.size(), eta)));
    }

    @Override
    public int maxEpochs() {
        return brackets.get(0).maxEpochs();
    }

    @Override
    public int firstHold(int trialNumber) {
        return brackets.get(bracket(trialNumber)).firstHold(trialNumber);
    }

    @Override
    public List<Decision> decide(Direction direction, List<Trial> trials) {
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < brackets.size(); i++) {
            int bracket = i;
            List<Trial> own = trials.stream()
                    .filter(trial -> bracket(trial.number()) == bracket)
                    .toList();
            decisions.addAll(brackets.get(i).decide(direction, own));
        }
        return decisions;
    }

    int bracket(int trialNumber) {
        return turns.get(Math.floorMod(trialNumber, turns.size()));
    }

    /** Returns the trials of each bracket in one round, as the paper does. */
    private static int[] shares(int brackets, int eta) {
        return IntStream.range(0, brackets)
                .map(i -> {
                    int halvings = brackets - 1 - i;
                    return (int) Math.ceil(brackets * StrictMath.pow(eta, halvings) / (halvings + 1));
                })
                .toArray();
    }

    /** Spreads the trials of each bracket over the round: the next one goes to the bracket that is most behind. */
    private static List<Integer> turns(int[] shares) {
        int round = IntStream.of(shares).sum();
        int[] given = new int[shares.length];
        List<Integer> turns = new ArrayList<>();
        for (int i = 1; i <= round; i++) {
            int trials = i;
            int next = IntStream.range(0, shares.length)
                    .boxed()
                    .max(Comparator.<Integer>comparingLong(b -> (long) shares[b] * trials - (long) given[b] * round)
                            .thenComparing(Comparator.reverseOrder()))
                    .orElseThrow();
            given[next]++;
            turns.add(next);
        }
        return List.copyOf(turns);
    }
}
