package dev.trainyard.trainer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClassSubspacesTest {
    private static final int LENGTH = 60;
    private static final int RANK = ClassSubspaces.RANK;
    private final float[][] vectors = new float[400][LENGTH];
    private final byte[] labels = new byte[vectors.length];

    /** Class 0 uses the first half of the dimensions, class 1 the second, each with a little noise in the other half. */
    ClassSubspacesTest() {
        SplittableRandom random = new SplittableRandom(3);
        for (int row = 0; row < vectors.length; row++) {
            labels[row] = (byte) (row % 2);
            for (int i = 0; i < LENGTH; i++) {
                boolean own = i / RANK == labels[row];
                vectors[row][i] = (float) ((own ? 1 : 0.01) * (random.nextDouble() - 0.5));
            }
        }
    }

    @Test
    void aClassExplainsItsOwnVectorsAndNoOthers() {
        float[][] subspaces = ClassSubspaces.of(vectors, labels, 2, () -> {});
        for (int row = 0; row < 20; row++) {
            assertThat(explained(subspaces, vectors[row], labels[row])).isGreaterThan(0.99);
            assertThat(explained(subspaces, vectors[row], 1 - labels[row])).isLessThan(0.01);
        }
    }

    @Test
    void theColumnsOfAClassAreOrthonormal() {
        float[][] subspaces = ClassSubspaces.of(vectors, labels, 2, () -> {});
        for (int a = 0; a < RANK; a++) {
            for (int b = 0; b <= a; b++) {
                double product = 0;
                for (float[] row : subspaces) {
                    product += row[RANK + a] * row[RANK + b];
                }
                assertThat(product).isCloseTo(a == b ? 1 : 0, within(1e-5));
            }
        }
    }

    @Test
    void theSameVectorsGiveTheSameBits() {
        assertThat(ClassSubspaces.of(vectors, labels, 2, () -> {}))
                .isDeepEqualTo(ClassSubspaces.of(vectors, labels, 2, () -> {}));
    }

    @Test
    void fewerDirectionsThanTheRankLeaveTheRestEmpty() {
        float[][] alike = new float[10][LENGTH];
        for (float[] vector : alike) {
            vector[5] = 2;
        }
        float[][] subspaces = ClassSubspaces.of(alike, new byte[10], 1, () -> {});

        assertThat(explained(subspaces, alike[0], 0)).isCloseTo(1, within(1e-6));
        for (float[] row : subspaces) {
            for (float value : row) {
                assertThat(value).isFinite();
            }
        }
    }

    private static double explained(float[][] subspaces, float[] vector, int label) {
        double all = 0;
        for (float value : vector) {
            all += value * value;
        }
        double explained = 0;
        for (int k = 0; k < RANK; k++) {
            double along = 0;
            for (int i = 0; i < LENGTH; i++) {
                along += vector[i] * subspaces[i][label * RANK + k];
            }
            explained += along * along;
        }
        return explained / all;
    }
}
