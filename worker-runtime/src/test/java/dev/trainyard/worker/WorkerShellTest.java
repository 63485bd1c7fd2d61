package dev.trainyard.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerShellTest {
    private final WorkerShell shell = new WorkerShell("trainer", Map.of(), new SimpleMeterRegistry());
    private final CountDownLatch end = new CountDownLatch(1);

    @Test
    void aWorkerIsLiveWhileAllItsThreadsRun() throws Exception {
        shell.start("one", end::await);
        Thread failing = shell.start("two", () -> {
            end.await();
            throw new IllegalStateException("expected by this test");
        });
        assertThat(shell.isAlive()).isTrue();

        end.countDown();
        failing.join();
        assertThat(shell.isAlive()).isFalse();
    }

    @Test
    void aFailedAttemptIsTheReasonUntilTheNextSucceeds() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        CompletableFuture<String> reason = new CompletableFuture<>();

        boolean done = shell.retry("cannot report a crash", () -> {
            if (attempts.incrementAndGet() == 1) {
                throw new KafkaException("no broker");
            }
            reason.complete(shell.notReady());
        });
        shell.serving(null);

        assertThat(done).isTrue();
        assertThat(reason).isCompletedWithValue("cannot report a crash: no broker");
        assertThat(shell.notReady()).isNull();
    }

    @Test
    void aStopEndsTheAttempts() throws Exception {
        CountDownLatch tried = new CountDownLatch(1);
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        shell.start(
                "retries",
                () -> done.complete(shell.retry("has no Kafka", () -> {
                    tried.countDown();
                    throw new IllegalStateException("expected by this test");
                })));
        tried.await();

        shell.stop();

        assertThat(done.get(20, TimeUnit.SECONDS)).isFalse();
        shell.awaitThreads();
        await().until(() -> !shell.isAlive());
    }

    @Test
    void aWorkerThatServesWithAProblemIsNotReady() {
        assertThat(shell.notReady()).isEqualTo("is starting");
        shell.serving("cannot train: no library");
        assertThat(shell.notReady()).isEqualTo("cannot train: no library");
    }
}
