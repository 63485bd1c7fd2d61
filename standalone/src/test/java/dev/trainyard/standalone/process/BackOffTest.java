package dev.trainyard.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackOffTest {
    private final BackOff backOff = new BackOff();

    @Test
    void theDelayDoublesUpToFourSeconds() {
        for (long millis : new long[] {500, 1_000, 2_000, 4_000, 4_000}) {
            assertThat(backOff.after(Duration.ofSeconds(5))).isEqualTo(Duration.ofMillis(millis));
        }
    }

    @Test
    void theDelayIsResetAfterAHealthyRun() {
        backOff.after(Duration.ZERO);
        backOff.after(Duration.ZERO);
        assertThat(backOff.after(Duration.ofMinutes(1))).isEqualTo(Duration.ofMillis(500));
    }
}
