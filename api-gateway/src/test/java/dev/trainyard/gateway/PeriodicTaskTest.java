package dev.trainyard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeriodicTaskTest {
    @Test
    void aTaskRunsSeveralTimesASecondAlsoAfterItFailed() throws Exception {
        CountDownLatch runs = new CountDownLatch(8);
        PeriodicTask ticker = new PeriodicTask("test-ticker", Duration.ofMillis(50), () -> {
            runs.countDown();
            if (runs.getCount() % 2 == 0) {
                throw new IllegalStateException("as the test wants it");
            }
        });
        try (ticker) {
            // a scheduler that looks once a second would need 8
            assertThat(runs.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }
}
