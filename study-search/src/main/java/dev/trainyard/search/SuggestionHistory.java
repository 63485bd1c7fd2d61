package dev.trainyard.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The trials that a suggestion may use. */
public final class SuggestionHistory {
    private SuggestionHistory() {}

    /**
     * Returns the history for the suggestion of trial {@code number}. In a fixed order it is what a study would know in
     * which each trial begins when the one {@code parallelTrials} before it has ended its first part: the results that
     * later ones have by chance are left out.
     *
     * @param trials all trials of the study and those that it learns from
     * @param parallelTrials most trials at a time
     * @return empty while a result is missing that the suggestion must wait for
     */
    public static Optional<List<Trial>> of(
            Order order, Pruner pruner, List<Trial> trials, int number, int parallelTrials) {
        if (order == Order.ARRIVAL) {
            return Optional.of(List.copyOf(trials));
        }
        List<Trial> history = new ArrayList<>();
        for (Trial trial : trials) {
            if (trial.number() < 0) {
                history.add(trial);
            } else if (trial.number() > number - parallelTrials) {
                history.add(new Trial(trial.number(), TrialState.RUNNING, trial.values(), new TreeMap<>(), null));
            } else {
                int hold = pruner.firstHold(trial.number());
                boolean held = hold < pruner.maxEpochs() && trial.curve().containsKey(hold);
                if (!held && !trial.state().isEnded()) {
                    return Optional.empty();
                }
                history.add(held ? atHold(trial, hold) : trial);
            }
        }
        return Optional.of(history);
    }

    private static Trial atHold(Trial trial, int hold) {
        return new Trial(
                trial.number(), TrialState.PAUSED, trial.values(), trial.curve().headMap(hold + 1), null);
    }
}
