package dev.trainyard.search;

import java.util.stream.IntStream;

/**
 * Default parameters of CMA-ES for a number of dimensions: Hansen, "The CMA Evolution Strategy: A Tutorial", 2016
 * (arXiv:1604.00772), equations 48 to 58, with negative weights.
 *
 * @param population trials of a generation
 * @param parents the best ones, which the mean moves to
 * @param weights by rank; those after the parents are negative
 * @param effective variance-effective number of parents
 */
record EvolutionRates(
        int population,
        int parents,
        double[] weights,
        double effective,
        double rankOne,
        double rankMu,
        double pathDecay,
        double stepDecay,
        double stepDamping,
        double expectedLength) {

    static EvolutionRates of(int n) {
        int population = 4 + (int) Math.floor(3 * StrictMath.log(n));
        int parents = population / 2;
        double[] raw = IntStream.range(0, population)
                .mapToDouble(i -> StrictMath.log((population + 1) / 2.0) - StrictMath.log(i + 1))
                .toArray();
        double effective = effective(raw, 0, parents);
        double rankOne = 2 / ((n + 1.3) * (n + 1.3) + effective);
        double rankMu =
                Math.min(1 - rankOne - 1e-8, 2 * (effective - 2 + 1 / effective) / ((n + 2.0) * (n + 2.0) + effective));
        double negativeSum = Math.min(
                1 + rankOne / rankMu,
                Math.min(
                        1 + 2 * effective(raw, parents, population) / (effective + 2),
                        (1 - rankOne - rankMu) / (n * rankMu)));
        double stepDecay = (effective + 2) / (n + effective + 5);
        return new EvolutionRates(
                population,
                parents,
                weights(raw, negativeSum),
                effective,
                rankOne,
                rankMu,
                (4 + effective / n) / (n + 4 + 2 * effective / n),
                stepDecay,
                1 + 2 * Math.max(0, Math.sqrt((effective - 1) / (n + 1)) - 1) + stepDecay,
                Math.sqrt(n) * (1 - 1 / (4.0 * n) + 1 / (21.0 * n * n)));
    }

    private static double effective(double[] weights, int from, int to) {
        double sum = 0;
        double squares = 0;
        for (int i = from; i < to; i++) {
            sum += weights[i];
            squares += weights[i] * weights[i];
        }
        return sum * sum / squares;
    }

    /** Scales the positive weights to a sum of 1, and the negative ones to {@code negativeSum}. */
    private static double[] weights(double[] raw, double negativeSum) {
        double positive = IntStream.range(0, raw.length)
                .mapToDouble(i -> Math.max(raw[i], 0))
                .sum();
        double negative = IntStream.range(0, raw.length)
                .mapToDouble(i -> Math.max(-raw[i], 0))
                .sum();
        return IntStream.range(0, raw.length)
                .mapToDouble(i -> raw[i] >= 0 ? raw[i] / positive : raw[i] * negativeSum / negative)
                .toArray();
    }
}
