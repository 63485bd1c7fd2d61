package dev.trainyard.search;

import java.util.Comparator;
import java.util.List;

/** Order of trials by their objective at one epoch, the best first; equal ones by trial number. */
final class RungRanking {
    private RungRanking() {}

    static Comparator<Trial> at(int epoch, Direction direction) {
        return Comparator.<Trial>comparingDouble(trial -> direction.loss(result(trial, epoch)))
                .thenComparing(trial -> Double.isNaN(result(trial, epoch)))
                .thenComparingInt(Trial::number);
    }

    /** Returns the best {@code floor(n / eta)} of {@code results}; never one that is not a number. */
    static List<Trial> best(List<Trial> results, int epoch, int eta, Direction direction) {
        return results.stream()
                .sorted(at(epoch, direction))
                .limit(results.size() / eta)
                .filter(trial -> !Double.isNaN(result(trial, epoch)))
                .toList();
    }

    static double result(Trial trial, int epoch) {
        return trial.curve().getOrDefault(epoch, Double.NaN);
    }
}
