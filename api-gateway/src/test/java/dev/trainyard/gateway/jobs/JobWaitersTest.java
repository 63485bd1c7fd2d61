package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JobWaitersTest {
    @Test
    void streamsLeaveCapacityForLongPolls() {
        JobWaiters waiters = new JobWaiters(null);
        for (int i = 0; i < JobEventStreams.LIMIT; i++) {
            waiters.awaitEvent(UUID.randomUUID(), 0, Duration.ofMinutes(1));
        }
        assertThat(waiters.isFull()).isFalse();
        for (int i = 0; i < 5_000; i++) {
            waiters.awaitEnd(UUID.randomUUID(), Duration.ofMinutes(1));
        }
        assertThat(waiters.isFull()).isTrue();
        waiters.close();
        assertThat(waiters.isFull()).isFalse();
    }
}
