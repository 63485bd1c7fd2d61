package dev.trainyard.gateway.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trainyard.gateway.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweeperTest {
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Sweeper sweeper = new Sweeper(TestDatabase.create(), metrics, 10, () -> true);

    @Test
    void aFailedSweepIsCountedAndLaterOnesRun() {
        sweeper.sweep(new Sweeper.Plan(
                1,
                List.of(
                        new Sweeper.Sweep("unreadable", most -> {
                            throw new UncheckedIOException("a value of a later release", new IOException());
                        }),
                        new Sweeper.Sweep("full", most -> {
                            throw new IOException("no space left");
                        }),
                        new Sweeper.Sweep("others", most -> 3))));
        assertThat(count("trainyard.retention.failures", "unreadable")).isOne();
        assertThat(count("trainyard.retention.failures", "full")).isOne();
        assertThat(count("trainyard.retention.deleted", "others")).isEqualTo(3);
    }

    private double count(String name, String what) {
        return metrics.counter(name, "what", what).count();
    }
}
