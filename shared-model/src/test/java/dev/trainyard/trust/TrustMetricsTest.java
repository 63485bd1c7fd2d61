package dev.trainyard.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrustMetricsTest {

    @Test
    void everyMetricMatchesItsDefinition() {
        List<TrustVerdict> verdicts = List.of(
                verdict(0, 0.90f, false, 0), // right, alone in its set
                verdict(0, 0.90f, false, 0, 1), // wrong, its set holds the right one
                verdict(1, 0.55f, true), // right, but an outlier
                verdict(1, 0.55f, false, 1)); // wrong, and not covered

        TrustMetrics figures = TrustMetrics.of(verdicts, new byte[] {0, 1, 1, 0});

        assertThat(figures.images()).isEqualTo(4);
        assertThat(figures.acceptance()).isEqualTo(0.75);
        assertThat(figures.accuracyAccepted()).isCloseTo(1 / 3.0, within(1e-9));
        assertThat(figures.coverage()).isEqualTo(0.5);
        assertThat(figures.meanSetSize()).isCloseTo(4 / 3.0, within(1e-9));
        // two bins of two images each, half of them right: gaps of 0.4 and 0.05
        assertThat(figures.calibrationError()).isCloseTo((0.4 + 0.05) / 2, within(1e-6));
    }

    private static TrustVerdict verdict(int prediction, float probability, boolean outlier, int... set) {
        float[] probabilities = {1 - probability, 1 - probability};
        probabilities[prediction] = probability;
        return new TrustVerdict(prediction, probabilities, set, 1, outlier);
    }
}
