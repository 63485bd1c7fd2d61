package dev.trainyard.search;

import java.util.Comparator;

/** Trials at the epoch of a rung. */
final class RungRanking {
    private RungRanking() {}

    /** Returns the order by the objective at {@code epoch}, the best first; equal ones by trial number, NaN last. */
    static Comparator<Trial> at(int epoch, Direction direction) {
        return Comparator.<Trial>comparingDouble(trial -> direction.loss(result(trial, epoch)))
                .thenComparing(trial -> Double.isNaN(result(trial, epoch)))
                .thenComparingInt(Trial::number);
    }

    static boolean hasResult(Trial trial, int epoch) {
        return trial.curve().containsKey(epoch);
    }

    /** Returns true if the trial has a result that is not NaN, and so may be promoted. */
    static boolean isRanked(Trial trial, int epoch) {
        return !Double.isNaN(result(trial, epoch));
    }

    static boolean waits(Trial trial, int epoch) {
        return trial.state() == TrialState.PAUSED && trial.lastEpoch() == epoch;
    }

    /** Returns true if the trial went on after the rung; one that failed had done so, as waiting trials do not fail. */
    static boolean wasPromoted(Trial trial, int epoch) {
        return trial.lastEpoch() > epoch
                || (trial.lastEpoch() == epoch
                        && (trial.state() == TrialState.RUNNING || trial.state() == TrialState.FAILED));
    }

    /** Returns the objective after {@code epoch}; NaN if there is none. */
    static double result(Trial trial, int epoch) {
        return trial.curve().getOrDefault(epoch, Double.NaN);
    }
}
