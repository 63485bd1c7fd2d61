package dev.trainyard.search;

import java.util.Arrays;
import java.util.List;

/**
 * CMA-ES on the unit cube as an ask and tell interface, after Hansen's tutorial (arXiv:1604.00772, equations 38 to 47).
 * Its state is told generations and nothing else, so that it can be built again from a history.
 */
final class EvolutionStrategy {
    private static final double FIRST_STEP = 1.0 / 6;
    private static final double LARGEST_STEP = 1;
    private static final double SMALLEST_VARIANCE = 1e-14;
    private static final int MAX_DRAWS = 100;

    private final int n;
    private final EvolutionRates rates;
    private final double[] mean;
    private final double[][] covariance;
    private final double[] stepPath;
    private final double[] path;
    private double step = FIRST_STEP;
    private int generation;
    private SymmetricEigen eigen;

    EvolutionStrategy(int dimensions) {
        n = dimensions;
        rates = EvolutionRates.of(n);
        mean = new double[n];
        Arrays.fill(mean, 0.5);
        covariance = new double[n][n];
        for (int i = 0; i < n; i++) {
            covariance[i][i] = 1;
        }
        stepPath = new double[n];
        path = new double[n];
        eigen = SymmetricEigen.of(covariance);
    }

    /** Returns the number of points of a generation. */
    int population() {
        return rates.population();
    }

    /** Draws a point; the last of many draws beyond the limits is moved to them. */
    double[] ask(RandomSource random) {
        double[] point = draw(random);
        for (int i = 1; i < MAX_DRAWS && !isInside(point); i++) {
            point = draw(random);
        }
        return Arrays.stream(point).map(x -> Math.min(Math.max(x, 0), 1)).toArray();
    }

    /** @param points one generation, the best first; they may also come from elsewhere */
    void tell(List<double[]> points) {
        generation++;
        double[][] moves = points.stream().map(this::move).toArray(double[][]::new);
        double[] shift = new double[n];
        for (int i = 0; i < rates.parents(); i++) {
            add(shift, rates.weights()[i], moves[i]);
        }
        add(mean, step, shift);
        follow(stepPath, rates.stepDecay(), whitened(shift), 1);
        double length = norm(stepPath);
        boolean stalled = length / Math.sqrt(1 - StrictMath.pow(1 - rates.stepDecay(), 2.0 * (generation + 1)))
                >= (1.4 + 2.0 / (n + 1)) * rates.expectedLength();
        follow(path, rates.pathDecay(), shift, stalled ? 0 : 1);
        adapt(moves, stalled);
        step = Math.min(
                step * StrictMath.exp(rates.stepDecay() / rates.stepDamping() * (length / rates.expectedLength() - 1)),
                LARGEST_STEP);
        eigen = SymmetricEigen.of(covariance);
    }

    private void adapt(double[][] moves, boolean stalled) {
        double weightSum = Arrays.stream(rates.weights()).sum();
        double kept = 1
                - rates.rankOne()
                - rates.rankMu() * weightSum
                + (stalled ? rates.rankOne() * rates.pathDecay() * (2 - rates.pathDecay()) : 0);
        for (double[] row : covariance) {
            for (int j = 0; j < n; j++) {
                row[j] *= kept;
            }
        }
        addOuter(rates.rankOne(), path);
        for (int i = 0; i < moves.length; i++) {
            double weight = rates.weights()[i];
            double length = norm(whitened(moves[i]));
            addOuter(rates.rankMu() * (weight >= 0 ? weight : weight * n / (length * length + 1e-8)), moves[i]);
        }
    }

    /** Returns the way from the mean in steps; shortened if a point that was not drawn from here is far away. */
    private double[] move(double[] point) {
        double[] move = new double[n];
        for (int i = 0; i < n; i++) {
            move[i] = (point[i] - mean[i]) / step;
        }
        double longest = Math.sqrt(n) + 2.0 * n / (n + 2);
        double length = norm(whitened(move));
        if (length > longest) {
            for (int i = 0; i < n; i++) {
                move[i] *= longest / length;
            }
        }
        return move;
    }

    private double[] draw(RandomSource random) {
        double[] point = mean.clone();
        for (int k = 0; k < n; k++) {
            double length = step * random.nextGaussian() * deviation(k);
            for (int i = 0; i < n; i++) {
                point[i] += eigen.vectors()[i][k] * length;
            }
        }
        return point;
    }

    /** Returns {@code vector} times the inverse root of the covariance. */
    private double[] whitened(double[] vector) {
        double[] result = new double[n];
        for (int k = 0; k < n; k++) {
            double projection = 0;
            for (int i = 0; i < n; i++) {
                projection += eigen.vectors()[i][k] * vector[i];
            }
            for (int i = 0; i < n; i++) {
                result[i] += eigen.vectors()[i][k] * projection / deviation(k);
            }
        }
        return result;
    }

    private double deviation(int k) {
        return Math.sqrt(Math.max(eigen.values()[k], SMALLEST_VARIANCE));
    }

    private void follow(double[] path, double decay, double[] shift, double share) {
        double factor = share * Math.sqrt(decay * (2 - decay) * rates.effective());
        for (int i = 0; i < n; i++) {
            path[i] = (1 - decay) * path[i] + factor * shift[i];
        }
    }

    private void addOuter(double factor, double[] vector) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                covariance[i][j] += factor * vector[i] * vector[j];
            }
        }
    }

    private static void add(double[] sum, double factor, double[] vector) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += factor * vector[i];
        }
    }

    private static double norm(double[] vector) {
        double sum = 0;
        for (double x : vector) {
            sum += x * x;
        }
        return Math.sqrt(sum);
    }

    private static boolean isInside(double[] point) {
        return Arrays.stream(point).allMatch(x -> x >= 0 && x <= 1);
    }
}
