package dev.trainyard.trainer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TemperatureScalingTest {
    private static final int CLASSES = 4;

    @Test
    void theTemperatureIsTheFactorByWhichLogitsAreTooLarge() {
        assertThat(fitted(3)).isCloseTo(3, within(0.15));
        assertThat(fitted(1)).isCloseTo(1, within(0.05));
        assertThat(fitted(0.5)).isCloseTo(0.5, within(0.025));
    }

    @Test
    void theFittedTemperatureHasTheLowestLoss() {
        float[] logits = {5, 0, 0, 0, 0, 4, 0, 0, 3, 0, 0, 1};
        byte[] labels = {0, 1, 3};
        double best = TemperatureScaling.fit(logits, labels, CLASSES);

        double least = TemperatureScaling.loss(logits, labels, CLASSES, best);
        assertThat(TemperatureScaling.loss(logits, labels, CLASSES, best * 1.05))
                .isGreaterThan(least);
        assertThat(TemperatureScaling.loss(logits, labels, CLASSES, best / 1.05))
                .isGreaterThan(least);
    }

    /** Labels drawn from the softmax of logits, which are then multiplied by {@code factor}. */
    private static double fitted(double factor) {
        SplittableRandom random = new SplittableRandom(7);
        byte[] labels = new byte[20_000];
        float[] logits = new float[labels.length * CLASSES];
        for (int row = 0; row < labels.length; row++) {
            double[] weights = new double[CLASSES];
            double sum = 0;
            for (int i = 0; i < CLASSES; i++) {
                double logit = 4 * random.nextDouble();
                logits[row * CLASSES + i] = (float) (factor * logit);
                weights[i] = Math.exp(logit);
                sum += weights[i];
            }
            double drawn = random.nextDouble() * sum;
            while (labels[row] < CLASSES - 1 && drawn >= weights[labels[row]]) {
                drawn -= weights[labels[row]++];
            }
        }
        return TemperatureScaling.fit(logits, labels, CLASSES);
    }
}
