package dev.trainyard.search;

import java.util.Comparator;
import java.util.List;

/**
 * What a sampler learns from.
 *
 * @param ranked trials with a result, the best first: completed ones by their objective, then the others by how far they
 *     came and their objective there, then those without a number
 * @param running trials without a result yet
 */
record Observations(List<Trial> ranked, List<Trial> running) {

    static Observations of(List<Trial> history, Direction direction) {
        int rung = history.stream()
                .filter(trial -> trial.state() == TrialState.PAUSED)
                .mapToInt(Trial::lastEpoch)
                .min()
                .orElse(Integer.MAX_VALUE);
        return new Observations(
                history.stream()
                        .filter(trial -> hasResult(trial, rung))
                        .sorted(order(direction))
                        .toList(),
                history.stream()
                        .filter(trial -> trial.state() == TrialState.RUNNING && !hasResult(trial, rung))
                        .toList());
    }

    /** A promoted trial keeps the result that it had when it waited; other running trials have none yet. */
    private static boolean hasResult(Trial trial, int rung) {
        return switch (trial.state()) {
            case COMPLETED, PRUNED, PAUSED -> true;
            case RUNNING -> trial.lastEpoch() >= rung;
            case FAILED -> false;
        };
    }

    private static Comparator<Trial> order(Direction direction) {
        return Comparator.<Trial, Boolean>comparing(trial -> Double.isNaN(trial.lastValue()))
                .thenComparing(trial -> trial.state() != TrialState.COMPLETED)
                .thenComparing(trial -> trial.state() == TrialState.COMPLETED ? 0 : -trial.lastEpoch())
                .thenComparingDouble(trial -> direction.loss(trial.lastValue()))
                .thenComparingInt(Trial::number);
    }
}
