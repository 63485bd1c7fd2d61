package dev.trainyard.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class RetryDelayTest {
    private final CountDownLatch end = new CountDownLatch(1);

    @Test
    void delaysDoubleUpToTheLimitAndRestartAfterASuccess() throws Exception {
        RetryDelay delay = new RetryDelay(Duration.ofMillis(1), Duration.ofMillis(3));
        assertThat(delay.await(end)).isFalse();
        assertThat(delay.next()).isEqualTo(Duration.ofMillis(2));
        assertThat(delay.await(end)).isFalse();
        assertThat(delay.next()).isEqualTo(Duration.ofMillis(3));

        delay.reset();
        end.countDown();
        assertThat(delay.next()).isEqualTo(Duration.ofMillis(1));
        assertThat(delay.await(end)).isTrue();
    }
}
