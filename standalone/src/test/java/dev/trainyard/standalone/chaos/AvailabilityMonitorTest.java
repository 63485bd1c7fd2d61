package dev.trainyard.standalone.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AvailabilityMonitorTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final AvailabilityMonitor availability = new AvailabilityMonitor(() -> true);

    @Test
    void timeInWhichNoGatewayWasReadyDoesNotCount() {
        saw(true, 0);
        saw(false, 10);
        saw(false, 12);
        saw(true, 15);
        saw(false, 40);
        assertThat(ready(0, 8)).isEqualTo(Duration.ofSeconds(8));
        assertThat(ready(0, 20)).isEqualTo(Duration.ofSeconds(15));
        assertThat(ready(12, 13)).isZero();
        assertThat(ready(14, 50)).as("away since 40 s").isEqualTo(Duration.ofSeconds(25));
    }

    private void saw(boolean ready, int second) {
        availability.saw(ready, START.plusSeconds(second));
    }

    private Duration ready(int from, int to) {
        return availability.ready(START.plusSeconds(from), START.plusSeconds(to));
    }
}
