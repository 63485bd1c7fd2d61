package dev.trainyard.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trainyard.network.Activation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The polynomials against the functions of {@link Math}; the vectors are compared to these in {@link SameBitsTest}. */
class ScalarActivationsTest {

    @Test
    void theExponentialIsExactToThreeUnits() {
        for (double x = -86; x < 88; x += 0.00317) {
            double expected = Math.exp((float) x);
            assertThat((double) ScalarActivations.exp((float) x)).isCloseTo(expected, within(3 * 0x1p-24 * expected));
        }
    }

    @Test
    void theExponentialEndsWhereFloatsDoAndKeepsNaN() {
        assertThat(ScalarActivations.exp(-1000)).isBetween(0f, 1e-37f);
        assertThat(ScalarActivations.exp(1000)).isGreaterThan(1e38f).isFinite();
        assertThat(ScalarActivations.exp(Float.NaN)).isNaN();
        assertThat(ScalarActivations.exp(0)).isEqualTo(1);
    }

    @Test
    void theHyperbolicTangentKeepsItsPrecisionNearZero() {
        for (double x = 1e-6; x < 12; x *= 1.003) {
            double expected = Math.tanh((float) x);
            assertThat((double) ScalarActivations.value(Activation.TANH, (float) x))
                    .isCloseTo(expected, within(4 * 0x1p-24 * expected));
            assertThat(ScalarActivations.value(Activation.TANH, (float) -x))
                    .isCloseTo(-ScalarActivations.value(Activation.TANH, (float) x), within(4 * 0x1p-24f));
        }
    }

    /** A NaN must reach the loss, where a diverged training is found. */
    @ParameterizedTest
    @EnumSource(Activation.class)
    void everyFunctionKeepsNaN(Activation activation) {
        assertThat(ScalarActivations.value(activation, Float.NaN)).isNaN();
    }
}
