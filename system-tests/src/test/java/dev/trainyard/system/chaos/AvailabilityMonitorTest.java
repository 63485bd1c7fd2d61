package dev.trainyard.system.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AvailabilityMonitorTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final AvailabilityMonitor availability = new AvailabilityMonitor(() -> true);

    @Test
    void downtimeIsNotCounted() {
        record(true, 0);
        record(false, 10);
        record(false, 12);
        record(true, 15);
        record(false, 40);
        assertThat(availableTime(0, 8)).isEqualTo(Duration.ofSeconds(8));
        assertThat(availableTime(0, 20)).isEqualTo(Duration.ofSeconds(15));
        assertThat(availableTime(12, 13)).isZero();
        assertThat(availableTime(14, 50)).as("away since 40 s").isEqualTo(Duration.ofSeconds(25));
    }

    private void record(boolean ready, int second) {
        availability.record(ready, START.plusSeconds(second));
    }

    private Duration availableTime(int from, int to) {
        return availability.availableTime(START.plusSeconds(from), START.plusSeconds(to));
    }
}
