package dev.trainyard.gateway.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskRunnerTest {
    @ParameterizedTest(name = "at {0} ms, a delay of {1} ms becomes {2} ms")
    @CsvSource({
        "0, 2000, 2000",
        "400, 2000, 1600",
        "600, 2000, 2400",
        "-400, 2000, 2400",
        "400, 1333, 1333",
        "400, 0, 0"
    })
    void delaysOfWholeSecondsEndAtWholeSeconds(long now, long delay, long expected) {
        assertThat(TaskRunner.onGrid(nanos(delay), nanos(now))).isEqualTo(nanos(expected));
    }

    private static long nanos(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
