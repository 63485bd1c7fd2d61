package dev.trainyard.trainer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trainyard.trust.TrustMetrics;
import dev.trainyard.trust.TrustPack.MeanAndDeviation;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TrustThresholdsTest {
    private static final int CLASSES = 10;

    @Test
    void guaranteesHoldOnUnseenImages() {
        for (double sureness : new double[] {2, 5, 12}) {
            Drawn heldOut = draw(6_000, sureness, 1);
            TrustThresholds fitted = TrustThresholds.fit(heldOut.evidence, heldOut.labels);
            Drawn unseen = draw(20_000, sureness, 2);

            TrustMetrics figures = TrustMetrics.of(unseen.evidence.judged(fitted.pack()), unseen.labels);
            assertThat(figures.acceptance()).isCloseTo(0.9535, within(0.01));
            assertThat(figures.coverage()).isBetween(0.94, 0.96);
            assertThat(figures.calibrationError()).isLessThan(0.02);
        }
    }

    @Test
    void anUncertainModelHasLargerPredictionSets() {
        assertThat(meanSetSize(2)).isGreaterThan(3);
        assertThat(meanSetSize(12)).isLessThan(1.5);
    }

    @Test
    void aRarelyPredictedClassUsesTheSpreadOfAllClasses() {
        Drawn drawn = draw(2_000, 5, 1);
        float[] logits = drawn.evidence.logits();
        for (int row = 0; row < drawn.labels.length; row++) {
            logits[row * CLASSES + 7] = -100;
        }
        TrustThresholds fitted = TrustThresholds.fit(drawn.evidence, drawn.labels);

        assertThat(fitted.outliers().shape()).hasSize(CLASSES).allMatch(spread -> spread.deviation() > 0);
        MeanAndDeviation never = fitted.outliers().energy().get(7);
        assertThat(never.mean()).isFinite().isNegative();
        assertThat(fitted.pack().isComplete(CLASSES)).isTrue();
    }

    @Test
    void aConstantModelCanBeFitted() {
        byte[] labels = new byte[1_000];
        TrustInputs same = new TrustInputs(
                new float[labels.length * CLASSES],
                ones(labels.length),
                new float[labels.length * CLASSES],
                norms(labels.length),
                CLASSES);

        assertThat(TrustThresholds.fit(same, labels).pack().isComplete(CLASSES)).isTrue();
    }

    private static double meanSetSize(double sureness) {
        Drawn drawn = draw(6_000, sureness, 1);
        return TrustMetrics.of(
                        drawn.evidence.judged(TrustThresholds.fit(drawn.evidence, drawn.labels)
                                .pack()),
                        drawn.labels)
                .meanSetSize();
    }

    private record Drawn(TrustInputs evidence, byte[] labels) {}

    /** Logits with a bonus of about {@code sureness} for the label, and varying shape fits. */
    private static Drawn draw(int count, double sureness, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] labels = new byte[count];
        float[] logits = new float[count * CLASSES];
        float[] fit = ones(count);
        for (int row = 0; row < count; row++) {
            labels[row] = (byte) random.nextInt(CLASSES);
            for (int i = 0; i < CLASSES; i++) {
                logits[row * CLASSES + i] = (float) (random.nextGaussian() + (i == labels[row] ? sureness : 0));
                fit[row * CLASSES + i] = (float) (1 - Math.exp(-4 + 0.5 * random.nextGaussian()));
            }
        }
        return new Drawn(new TrustInputs(logits, fit, new float[logits.length], norms(count), CLASSES), labels);
    }

    private static float[] ones(int count) {
        float[] ones = new float[count * CLASSES];
        java.util.Arrays.fill(ones, 1);
        return ones;
    }

    private static double[] norms(int count) {
        double[] norms = new double[count];
        java.util.Arrays.fill(norms, 9);
        return norms;
    }
}
