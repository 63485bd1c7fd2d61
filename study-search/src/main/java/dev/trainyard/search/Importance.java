package dev.trainyard.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much of the objective's variance each parameter explains by itself, over the whole space: functional ANOVA on a
 * random forest (Hutter, Hoos and Leyton-Brown, 2014). Effects that parameters have only together are not in it.
 *
 * @param shares by JSON pointer; they add up to 1. Parameters with conditions are left out
 * @param trials that it was computed from
 */
public record Importance(SortedMap<String, Double> shares, int trials) {
    private static final int TREES = 64;
    private static final int LEAST_TRIALS = 4;

    public Importance {
        shares = Collections.unmodifiableSortedMap(new TreeMap<>(shares));
    }

    /**
     * Computes the importance; the same trials and seed give the same result.
     *
     * @param epoch whose objective is explained, of all trials that came so far; empty for the final one of completed
     *     trials
     * @return empty if there are too few trials with a number, or all have the same objective
     */
    public static Optional<Importance> of(SearchSpace space, List<Trial> trials, OptionalInt epoch, long seed) {
        Map<String, Dimension> dimensions = dimensions(space);
        List<double[]> points = new ArrayList<>();
        List<Double> objectives = new ArrayList<>();
        for (Trial trial :
                trials.stream().sorted(Comparator.comparingInt(Trial::number)).toList()) {
            double objective = objective(trial, epoch);
            if (Double.isFinite(objective) && space.contains(trial.values())) {
                points.add(point(trial.values(), dimensions));
                objectives.add(objective);
            }
        }
        if (points.size() < LEAST_TRIALS || dimensions.isEmpty()) {
            return Optional.empty();
        }
        return shares(List.copyOf(dimensions.values()), points, objectives, seed)
                .map(shares -> new Importance(byName(List.copyOf(dimensions.keySet()), shares), points.size()));
    }

    private static Optional<double[]> shares(
            List<Dimension> dimensions, List<double[]> points, List<Double> objectives, long seed) {
        double[] sums = new double[dimensions.size()];
        double total = 0;
        for (int tree = 0; tree < TREES; tree++) {
            List<LeafBox> leaves = new TreeGrower(dimensions, points, objectives).grow(RandomSource.of(seed, tree));
            double variance = LeafVariance.total(leaves);
            for (int d = 0; d < sums.length && variance > 0; d++) {
                double share = LeafVariance.of(leaves, d, dimensions.get(d)) / variance;
                sums[d] += share;
                total += share;
            }
        }
        if (total <= 0) {
            return Optional.empty();
        }
        for (int d = 0; d < sums.length; d++) {
            sums[d] /= total;
        }
        return Optional.of(sums);
    }

    private static double objective(Trial trial, OptionalInt epoch) {
        if (epoch.isPresent()) {
            return RungRanking.result(trial, epoch.getAsInt());
        }
        return trial.state() == TrialState.COMPLETED ? trial.lastValue() : Double.NaN;
    }

    private static Map<String, Dimension> dimensions(SearchSpace space) {
        Map<String, Dimension> dimensions = new TreeMap<>();
        space.parameters().forEach((name, parameter) -> {
            if (parameter.when().isEmpty()) {
                dimensions.put(name, Dimension.of(parameter));
            }
        });
        return dimensions;
    }

    private static double[] point(Map<String, JsonNode> values, Map<String, Dimension> dimensions) {
        double[] point = new double[dimensions.size()];
        int d = 0;
        for (Map.Entry<String, Dimension> entry : dimensions.entrySet()) {
            point[d++] = entry.getValue().coordinate(Objects.requireNonNull(values.get(entry.getKey())));
        }
        return point;
    }

    private static SortedMap<String, Double> byName(List<String> names, double[] shares) {
        SortedMap<String, Double> byName = new TreeMap<>();
        for (int d = 0; d < shares.length; d++) {
            byName.put(names.get(d), shares[d]);
        }
        return byName;
    }
}
