package dev.trainyard.trainer.trust;

import dev.trainyard.engine.SharedWork;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Subspaces of classes: per class the span of the first {@value #RANK} eigenvectors of its second moments, by block
 * power iteration. Deterministic to the bit.
 */
final class ClassSubspaces {
    /** Chosen among 10 to 30: fewer reject more unusual digits, more explain more non-digits. */
    static final int RANK = 20;

    /** The last directions need not converge: the threshold is fitted to the resulting subspace. */
    private static final int ROUNDS = 40;

    private ClassSubspaces() {}

    /**
     * @param vectors rows; normalized to length 1
     * @param step called regularly; an exception ends the work
     * @return {@code [vector length][classes * RANK]}, the columns of each class orthonormal
     */
    static float[][] of(float[][] vectors, byte[] labels, int classes, Runnable step) {
        int length = vectors[0].length;
        float[][] all = new float[length][classes * RANK];
        List<SharedWork.Worker<RuntimeException>> workers = Collections.nCopies(SharedWork.threads(), c -> {
            double[][] basis = leading(moments(vectors, labels, c, length));
            for (int k = 0; k < RANK; k++) {
                for (int i = 0; i < length; i++) {
                    all[i][c * RANK + k] = (float) basis[k][i];
                }
            }
        });
        SharedWork.run(classes, workers, taken -> step.run());
        return all;
    }

    private static double[][] moments(float[][] vectors, byte[] labels, int label, int length) {
        double[][] moments = new double[length][length];
        double[] unit = new double[length];
        for (int row = 0; row < vectors.length; row++) {
            if (labels[row] != label || !normalise(vectors[row], unit)) {
                continue;
            }
            for (int i = 0; i < length; i++) {
                double value = unit[i];
                double[] line = moments[i];
                for (int j = i; j < length; j++) {
                    line[j] += value * unit[j];
                }
            }
        }
        for (int i = 0; i < length; i++) {
            for (int j = 0; j < i; j++) {
                moments[i][j] = moments[j][i];
            }
        }
        return moments;
    }

    private static boolean normalise(float[] vector, double[] unit) {
        double sum = 0;
        for (float value : vector) {
            sum += (double) value * value;
        }
        double norm = Math.sqrt(sum);
        for (int i = 0; i < unit.length; i++) {
            unit[i] = vector[i] / norm;
        }
        return norm > 0;
    }

    /** Rows that span the dominant subspace. */
    private static double[][] leading(double[][] moments) {
        int length = moments.length;
        SplittableRandom random = new SplittableRandom(1);
        double[][] basis = new double[RANK][length];
        for (double[] row : basis) {
            for (int i = 0; i < length; i++) {
                row[i] = random.nextDouble() - 0.5;
            }
        }
        orthonormalise(basis);
        for (int round = 0; round < ROUNDS; round++) {
            for (int k = 0; k < RANK; k++) {
                basis[k] = product(moments, basis[k]);
            }
            orthonormalise(basis);
        }
        return basis;
    }

    /** Product of a symmetric matrix and a vector. */
    private static double[] product(double[][] matrix, double[] vector) {
        double[] result = new double[vector.length];
        for (int i = 0; i < vector.length; i++) {
            double value = vector[i];
            double[] row = matrix[i];
            for (int j = 0; j < vector.length; j++) {
                result[j] += value * row[j];
            }
        }
        return result;
    }

    /** Modified Gram-Schmidt; linearly dependent rows become zero. */
    private static void orthonormalise(double[][] rows) {
        for (int k = 0; k < rows.length; k++) {
            double before = Math.sqrt(dot(rows[k], rows[k]));
            for (int j = 0; j < k; j++) {
                double along = dot(rows[j], rows[k]);
                for (int i = 0; i < rows[k].length; i++) {
                    rows[k][i] -= along * rows[j][i];
                }
            }
            double norm = Math.sqrt(dot(rows[k], rows[k]));
            double scale = norm > before * 1e-12 ? 1 / norm : 0;
            for (int i = 0; i < rows[k].length; i++) {
                rows[k][i] *= scale;
            }
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
