package dev.trainyard.gateway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackgroundTasksTest {
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration OFTEN = Duration.ofMillis(1);

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final AtomicBoolean leader = new AtomicBoolean();
    private final BackgroundTasks tasks =
            new BackgroundTasks(metrics, Clock.fixed(Instant.ofEpochSecond(1_000), ZoneOffset.UTC), leader::get);
    private final Semaphore runs = new Semaphore(0);

    @AfterEach
    void close() {
        tasks.close();
    }

    @Test
    void aTaskThatFailsIsRunAgainAndCounted() {
        AtomicInteger number = new AtomicInteger();
        tasks.add(PeriodicTask.every(OFTEN, "unstable", () -> {
            if (number.incrementAndGet() % 2 == 1) {
                throw new IllegalStateException("intended by the test");
            }
        }));
        tasks.resume();
        await().until(() -> number.get() > 4);
        tasks.pause();
        assertThat(count("unstable", "success")).isBetween(2L, (long) number.get());
        assertThat(count("unstable", "failure")).isBetween(2L, (long) number.get());
        assertThat(metrics.get("trainyard.task.last.success")
                        .tag("task", "unstable")
                        .gauge()
                        .value())
                .isEqualTo(1_000);
    }

    @Test
    void aFailingTaskIsNamedUntilItSucceeds() throws Exception {
        AtomicInteger number = new AtomicInteger();
        tasks.add(PeriodicTask.every(NEVER, "first-fails", () -> {
            runs.release();
            if (number.incrementAndGet() == 1) {
                throw new IllegalStateException("intended by the test");
            }
        }));
        tasks.resume();
        awaitRuns(1);
        await().until(() -> tasks.failing().contains("first-fails"));
        tasks.wake("first-fails");
        await().until(() -> tasks.failing().isEmpty());
    }

    @Test
    void aTaskIsWokenBeforeItsPeriodAndKeepsItsPause() throws Exception {
        tasks.add(PeriodicTask.every(NEVER, "woken", runs::release));
        tasks.add(PeriodicTask.every(NEVER, "rare", runs::release).atMostEvery(NEVER));
        tasks.resume();
        awaitRuns(2);
        tasks.wake("rare");
        tasks.wake("woken");
        awaitRuns(1);
        await().until(() -> count("woken", "success") == 2);
        assertThat(count("rare", "success")).isEqualTo(1);
    }

    @Test
    void aWakeUpDuringARunLeadsToOneMoreRun() throws Exception {
        CountDownLatch proceed = new CountDownLatch(1);
        tasks.add(PeriodicTask.every(NEVER, "busy", () -> {
            runs.release();
            awaitUninterruptibly(proceed);
        }));
        tasks.resume();
        awaitRuns(1);
        tasks.wake("busy");
        tasks.wake("busy");
        proceed.countDown();
        await().until(() -> count("busy", "success") == 2);
        tasks.pause();
        assertThat(count("busy", "success")).isEqualTo(2);
    }

    @Test
    void aPauseWaitsForTheRunInProgressAndNothingRunsUntilItEnds() throws Exception {
        CountDownLatch proceed = new CountDownLatch(1);
        AtomicInteger ended = new AtomicInteger();
        tasks.add(PeriodicTask.every(OFTEN, "slow", () -> {
            runs.release();
            awaitUninterruptibly(proceed);
            ended.incrementAndGet();
        }));
        tasks.resume();
        awaitRuns(1);
        Thread pausing = new Thread(tasks::pause);
        pausing.start();
        await().until(() -> pausing.getState() == Thread.State.TIMED_WAITING);
        proceed.countDown();
        pausing.join();
        assertThat(ended).hasValue(1);
        tasks.wake("slow");
        assertThat(runs.tryAcquire(50, TimeUnit.MILLISECONDS)).isFalse();
        tasks.resume();
        assertThat(runs.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aGatewayIsAliveWhileAllItsContinuousTasksRun() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        tasks.start("continuous", TaskScope.EVERY_GATEWAY, () -> awaitUninterruptibly(end));
        assertThat(tasks.isAlive()).isTrue();
        end.countDown();
        await().until(() -> !tasks.isAlive());
    }

    @Test
    void aTaskOfTheLeaderRunsOnlyWhileThisGatewayLeads() throws Exception {
        tasks.add(PeriodicTask.every(OFTEN, "leader-only", runs::release).onLeader());
        tasks.resume();
        assertThat(runs.tryAcquire(50, TimeUnit.MILLISECONDS)).isFalse();
        leader.set(true);
        assertThat(runs.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        leader.set(false);
        tasks.pause(); // waits for a run in progress
        runs.drainPermits();
        tasks.resume();
        assertThat(runs.tryAcquire(50, TimeUnit.MILLISECONDS)).isFalse();
    }

    @Test
    void namesAreUnique() {
        tasks.add(PeriodicTask.every(NEVER, "same", () -> {}));
        assertThatThrownBy(() -> tasks.add(PeriodicTask.every(NEVER, "same", () -> {})))
                .hasMessageContaining("two tasks same");
    }

    private long count(String task, String outcome) {
        return metrics.find("trainyard.task.duration").tags("task", task, "outcome", outcome).timers().stream()
                .mapToLong(timer -> timer.count())
                .sum();
    }

    private void awaitRuns(int number) throws InterruptedException {
        assertThat(runs.tryAcquire(number, 10, TimeUnit.SECONDS)).isTrue();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
